package dev.cortado.text.chat;

import dev.cortado.text.chat.jinja.Data;
import dev.cortado.text.chat.jinja.Limits;
import dev.cortado.text.chat.jinja.Origin;
import dev.cortado.text.chat.jinja.Syntax;
import dev.cortado.text.chat.jinja.Template;
import dev.cortado.text.chat.jinja.Text;
import dev.cortado.text.chat.jinja.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The format of a model's conversations: renders messages as the text the model was trained on. Safe for use by any
/// number of threads.
public final class ChatTemplate {
    static final String USUAL = "default";
    static final String WITH_TOOLS = "tool_use";

    private final Map<String, Template> templates;
    private final Map<String, String> specialTokens;

    private ChatTemplate(Map<String, Template> templates, Map<String, String> specialTokens) {
        this.templates = templates;
        this.specialTokens = specialTokens;
    }

    /// Reads a template's source.
    ///
    /// @throws IllegalArgumentException when it is not a template; the message names the line
    public static ChatTemplate parse(String source) {
        return parse(source, Limits.GENEROUS);
    }

    /// Reads a template's source, to be rendered within other limits.
    ///
    /// @throws IllegalArgumentException when it is not a template; the message names the line
    public static ChatTemplate parse(String source, Limits limits) {
        return of(Map.of(USUAL, source), Map.of(), limits);
    }

    /// Templates by name, and their special tokens by variable.
    static ChatTemplate of(Map<String, String> sources, Map<String, String> specialTokens, Limits limits) {
        Map<String, Template> templates = new LinkedHashMap<>();
        sources.forEach((name, source) -> templates.put(name, Template.parse(source, Syntax.CHAT, limits)));
        return new ChatTemplate(templates, specialTokens);
    }

    /// The template in a model's folder: that of `chat_template.jinja`, else of `tokenizer_config.json`, from which
    /// the special tokens come in either case. Empty when the model has none.
    ///
    /// @throws IllegalArgumentException when a file is wrong; the message names it
    public static Optional<ChatTemplate> find(Path folder) throws IOException {
        return new TemplateFolder(folder).read();
    }

    /// Renders a conversation.
    ///
    /// @throws IllegalArgumentException when the template refuses the messages, fails, or exceeds its limits
    public Rendered render(List<Message> messages, ChatOptions options) {
        Template template = options.tools().isEmpty()
                ? templates.get(USUAL)
                : templates.getOrDefault(WITH_TOOLS, templates.get(USUAL));
        Text text = template.render(variables(messages, options), options.clock());
        List<String> sources = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            sources.add(MessageValue.source(i, messages.get(i)));
        }
        int end = options.continueFinalMessage() ? endOfLast(text, sources) : text.length();
        Text shown = text.slice(0, end);
        return new Rendered(
                shown.chars(), trusted(shown), assistant(shown, messages, sources, template), template.generates());
    }

    /// What Transformers passes; tools and documents are None, not undefined, when there are none.
    private Map<String, Value> variables(List<Message> messages, ChatOptions options) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            values.add(MessageValue.of(i, messages.get(i)));
        }
        Map<String, Value> variables = new HashMap<>();
        Map<String, String> tokens = new HashMap<>(specialTokens);
        tokens.putAll(options.specialTokens());
        tokens.forEach((name, token) -> variables.put(name, Data.value(token, Origin.TEMPLATE)));
        options.variables()
                .forEach((name, value) -> variables.put(name, Data.value(value, Origin.data("variable " + name))));
        variables.put("messages", Data.value(values, Origin.data("messages")));
        variables.put("tools", Data.value(orNull(options.tools()), Origin.data("tools")));
        variables.put("documents", Data.value(orNull(options.documents()), Origin.data("documents")));
        variables.put("add_generation_prompt", Data.value(options.addGenerationPrompt(), Origin.TEMPLATE));
        return variables;
    }

    private static @Nullable List<Map<String, Object>> orNull(List<Map<String, Object>> items) {
        return items.isEmpty() ? null : items; // Transformers passes None, not an empty list
    }

    private static BitSet trusted(Text text) {
        var trusted = new BitSet();
        for (int run = 0, from = 0; run < text.runs(); from = text.runEnd(run++)) {
            trusted.set(from, text.runEnd(run), text.runOrigin(run).trusted());
        }
        return trusted;
    }

    /// Without marks in the template: from the first to the last character that an assistant's message has in a row,
    /// with what the template puts between, such as the end of the reasoning or a tool call's syntax.
    private static BitSet assistant(Text text, List<Message> messages, List<String> sources, Template template) {
        var assistant = new BitSet();
        int open = -1; // where the turn began, as long as nothing but its own and the template's characters follow
        String speaker = "";
        for (int run = 0, from = 0; run < text.runs(); from = text.runEnd(run++)) {
            Origin origin = text.runOrigin(run);
            if (template.generates()) {
                assistant.set(from, text.runEnd(run), origin.generated());
                continue;
            }
            int message = sources.indexOf(origin.source());
            if (message >= 0 && messages.get(message).role().equals("assistant")) {
                assistant.set(open >= 0 && speaker.equals(origin.source()) ? open : from, text.runEnd(run));
                open = text.runEnd(run);
                speaker = origin.source();
            } else if (!origin.trusted()) {
                open = -1;
            }
        }
        return assistant;
    }

    /// Where the last character of the last message is written.
    private static int endOfLast(Text text, List<String> sources) {
        for (int run = text.runs() - 1; run >= 0; run--) {
            if (!sources.isEmpty() && text.runOrigin(run).source().equals(sources.getLast())) {
                return text.runEnd(run);
            }
        }
        throw new IllegalArgumentException(
                "the last message cannot be continued: the chat template shows nothing of its content");
    }
}
