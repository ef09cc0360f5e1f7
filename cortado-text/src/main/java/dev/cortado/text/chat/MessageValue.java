package dev.cortado.text.chat;

import dev.cortado.text.chat.jinja.Data;
import dev.cortado.text.chat.jinja.Mapping;
import dev.cortado.text.chat.jinja.Origin;
import dev.cortado.text.chat.jinja.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// A message as templates see it, every part with its origin.
final class MessageValue {
    /// The one entry of a message that is trusted: from this closed set there is nothing to forge with, and templates
    /// make control tokens of it (`'<|' + message.role + '|>'`).
    private static final Set<String> ROLES =
            Set.of("system", "developer", "user", "assistant", "model", "tool", "function", "ipython");

    private static final Set<String> SPOKEN = Set.of("content", "reasoning_content", "reasoning", "thinking");

    private MessageValue() {}

    /// The source of what a message says; another one is given to what is said about it.
    static String source(int index, Message message) {
        return message.role() + " message " + index;
    }

    static Value of(int index, Message message) {
        Origin said = Origin.data(source(index, message));
        Origin about = Origin.data("entries of message " + index);
        SequencedMap<String, Value> values = new LinkedHashMap<>();
        values.put("role", Data.value(message.role(), ROLES.contains(message.role()) ? Origin.TEMPLATE : about));
        switch (message.content()) {
            case Content.Nothing _ -> {
                if (!message.toolCalls().isEmpty()) {
                    values.put("content", Data.value(null, said));
                }
            }
            case Content.Plain(String text) -> values.put("content", Data.value(text, said));
            case Content.Parts(List<Content.Part> parts) -> values.put("content", parts(parts, said));
        }
        message.reasoning().ifPresent(text -> values.put("reasoning_content", Data.value(text, said)));
        if (!message.toolCalls().isEmpty()) {
            values.put("tool_calls", Data.value(calls(message.toolCalls()), said));
        }
        message.toolCallId().ifPresent(id -> values.put("tool_call_id", Data.value(id, about)));
        message.name().ifPresent(name -> values.put("name", Data.value(name, about)));
        message.extra()
                .forEach((key, value) -> values.put(key, Data.value(value, SPOKEN.contains(key) ? said : about)));
        return Mapping.of(values, about);
    }

    private static Value parts(List<Content.Part> parts, Origin said) {
        List<Object> items = new ArrayList<>();
        for (Content.Part part : parts) {
            Map<String, Object> fields = new LinkedHashMap<>();
            switch (part) {
                case Content.TextPart(String text) -> {
                    fields.put("type", "text");
                    fields.put("text", text);
                }
                case Content.MediaPart(String type, Map<String, Object> more) -> {
                    fields.put("type", type);
                    fields.putAll(more);
                }
            }
            items.add(fields);
        }
        return Data.value(items, said);
    }

    private static List<Object> calls(List<ToolCall> calls) {
        List<Object> items = new ArrayList<>();
        for (ToolCall call : calls) {
            Map<String, Object> item = new LinkedHashMap<>();
            call.id().ifPresent(id -> item.put("id", id));
            item.put("type", "function");
            Map<String, Object> function = new LinkedHashMap<>();
            function.put("name", call.name());
            function.put("arguments", call.arguments());
            item.put("function", function);
            items.add(item);
        }
        return items;
    }
}
