package dev.cortado.text.chat;

import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How to render a conversation.
///
/// @param addGenerationPrompt end with what precedes an assistant's answer
/// @param continueFinalMessage end right after the last message's content, for the model to go on with it
/// @param tools JSON schemas of the functions the assistant may call
/// @param documents passages the assistant may use
/// @param variables further variables of the template, such as `enable_thinking`: plain data
/// @param specialTokens such as `bos_token`, by variable; they win over those of the model's folder, and are trusted
/// @param clock the date and time a template may ask for
public record ChatOptions(
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        List<Map<String, Object>> tools,
        List<Map<String, Object>> documents,
        Map<String, @Nullable Object> variables,
        Map<String, String> specialTokens,
        Clock clock) {
    public ChatOptions {
        tools = List.copyOf(tools);
        documents = List.copyOf(documents);
        variables = new LinkedHashMap<>(variables);
        specialTokens = Map.copyOf(specialTokens);
        if (addGenerationPrompt && continueFinalMessage) {
            throw new IllegalArgumentException(
                    "addGenerationPrompt begins a new message, continueFinalMessage goes on with the last: use one");
        }
    }

    /// A whole conversation, as for training.
    public static ChatOptions conversation() {
        return new ChatOptions(
                false, false, List.of(), List.of(), Map.of(), Map.of(), Clock.system(ZoneId.systemDefault()));
    }

    /// A prompt that the assistant is to answer.
    public static ChatOptions prompt() {
        return new ChatOptions(
                true, false, List.of(), List.of(), Map.of(), Map.of(), Clock.system(ZoneId.systemDefault()));
    }

    /// A conversation whose last message the model goes on with.
    public static ChatOptions continuation() {
        return new ChatOptions(
                false, true, List.of(), List.of(), Map.of(), Map.of(), Clock.system(ZoneId.systemDefault()));
    }

    /// With functions the assistant may call, as JSON schemas.
    public ChatOptions withTools(List<Map<String, Object>> tools) {
        return new ChatOptions(
                addGenerationPrompt, continueFinalMessage, tools, documents, variables, specialTokens, clock);
    }

    /// With passages the assistant may use.
    public ChatOptions withDocuments(List<Map<String, Object>> documents) {
        return new ChatOptions(
                addGenerationPrompt, continueFinalMessage, tools, documents, variables, specialTokens, clock);
    }

    /// With one more variable of the template.
    public ChatOptions withVariable(String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(variables);
        more.put(name, value);
        return new ChatOptions(addGenerationPrompt, continueFinalMessage, tools, documents, more, specialTokens, clock);
    }

    /// With special tokens, by variable.
    public ChatOptions withSpecialTokens(Map<String, String> specialTokens) {
        return new ChatOptions(
                addGenerationPrompt, continueFinalMessage, tools, documents, variables, specialTokens, clock);
    }

    /// With another clock, for the same output at any time.
    public ChatOptions withClock(Clock clock) {
        return new ChatOptions(
                addGenerationPrompt, continueFinalMessage, tools, documents, variables, specialTokens, clock);
    }
}
