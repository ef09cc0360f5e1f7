package dev.cortado.text.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// One message of a conversation.
///
/// @param role who speaks: `system`, `user`, `assistant`, `tool` or what else the template knows
/// @param toolCalls functions the assistant calls
/// @param toolCallId the call that a tool's message answers
/// @param name of the speaker, or of the tool
/// @param reasoning what the assistant thought before it spoke
/// @param extra further entries for the template, plain data; they win over the others
public record Message(
        String role,
        Content content,
        List<ToolCall> toolCalls,
        Optional<String> toolCallId,
        Optional<String> name,
        Optional<String> reasoning,
        Map<String, @Nullable Object> extra) {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    public Message {
        toolCalls = List.copyOf(toolCalls);
        extra = new LinkedHashMap<>(extra);
        if (role.isBlank()) {
            throw new IllegalArgumentException("a message needs a role, such as user");
        }
    }

    private static Message plain(String role, String text) {
        return new Message(
                role,
                new Content.Plain(text),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /// Instructions for the whole conversation.
    public static Message system(String text) {
        return plain("system", text);
    }

    /// What the user says.
    public static Message user(String text) {
        return plain("user", text);
    }

    /// A user's message of several parts.
    public static Message user(List<Content.Part> parts) {
        return user("").withContent(new Content.Parts(parts));
    }

    /// What the assistant says.
    public static Message assistant(String text) {
        return plain("assistant", text);
    }

    /// An assistant's message that says nothing and calls tools.
    public static Message assistant(List<ToolCall> toolCalls) {
        return new Message(
                "assistant",
                new Content.Nothing(),
                toolCalls,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /// What a tool answered to a call.
    public static Message tool(String toolCallId, String name, String result) {
        return new Message(
                "tool",
                new Content.Plain(result),
                List.of(),
                Optional.of(toolCallId),
                Optional.of(name),
                Optional.empty(),
                Map.of());
    }

    /// The same message with other content.
    public Message withContent(Content content) {
        return new Message(role, content, toolCalls, toolCallId, name, reasoning, extra);
    }

    /// The same message with what the assistant thought before it.
    public Message withReasoning(String reasoning) {
        return new Message(role, content, toolCalls, toolCallId, name, Optional.of(reasoning), extra);
    }

    /// A message as OpenAI's API and Hugging Face's data sets write it. Entries it has no name for stay as they are.
    /// Arguments of tool calls may be an object, or a string that holds one.
    ///
    /// @throws IllegalArgumentException when there is no role, or an entry is of a wrong kind
    public static Message of(Map<String, ? extends @Nullable Object> fields) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(fields);
        if (!(rest.remove("role") instanceof String role)) {
            throw new IllegalArgumentException("a message needs a role that is a string");
        }
        Content content = rest.containsKey("content") ? content(rest.remove("content")) : new Content.Nothing();
        List<ToolCall> calls = rest.get("tool_calls") instanceof List<?> list ? toolCalls(list) : List.of();
        if (!calls.isEmpty() || rest.get("tool_calls") == null) {
            rest.remove("tool_calls");
        }
        return new Message(
                role,
                content,
                calls,
                string(rest, "tool_call_id"),
                string(rest, "name"),
                string(rest, "reasoning_content"),
                rest);
    }

    private static Optional<String> string(Map<String, @Nullable Object> fields, String key) {
        Object value = fields.get(key);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException("a message's " + key + " must be a string");
        }
        fields.remove(key);
        return Optional.ofNullable((String) value);
    }

    private static Content content(@Nullable Object content) {
        return switch (content) {
            case null -> new Content.Nothing();
            case String text -> new Content.Plain(text);
            case List<?> items -> {
                List<Content.Part> parts = new ArrayList<>();
                for (Object item : items) {
                    parts.add(part(item));
                }
                yield new Content.Parts(parts);
            }
            default ->
                throw new IllegalArgumentException("a message's content must be a string, a list of parts or null");
        };
    }

    private static Content.Part part(@Nullable Object item) {
        if (item instanceof String text) {
            return new Content.TextPart(text);
        }
        if (!(item instanceof Map<?, ?> map) || !(map.get("type") instanceof String type)) {
            throw new IllegalArgumentException("a part of a message's content must be an object with a type");
        }
        if (type.equals("text") && map.get("text") instanceof String text) {
            return new Content.TextPart(text);
        }
        Map<String, Object> fields = new LinkedHashMap<>(object(map));
        fields.remove("type");
        return new Content.MediaPart(type, fields);
    }

    private static List<ToolCall> toolCalls(List<?> items) {
        List<ToolCall> calls = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof Map<?, ?> call)) {
                throw new IllegalArgumentException("a tool call must be an object");
            }
            Map<?, ?> function = call.get("function") instanceof Map<?, ?> inner ? inner : call;
            if (!(function.get("name") instanceof String name)) {
                throw new IllegalArgumentException("a tool call must name its function");
            }
            Optional<String> id = call.get("id") instanceof String given ? Optional.of(given) : Optional.empty();
            calls.add(new ToolCall(id, name, arguments(function.get("arguments"))));
        }
        return calls;
    }

    private static Map<String, Object> arguments(@Nullable Object arguments) {
        return switch (arguments) {
            case null -> Map.of();
            case Map<?, ?> map -> object(map);
            case String json when json.isBlank() -> Map.of();
            case String json -> {
                try {
                    yield JsonMapper.shared().readValue(json, OBJECT);
                } catch (JacksonException e) {
                    throw new IllegalArgumentException("the arguments of a tool call are no JSON object: " + json, e);
                }
            }
            default -> throw new IllegalArgumentException("the arguments of a tool call must be an object");
        };
    }

    private static Map<String, Object> object(Map<?, ?> map) {
        Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((key, value) -> object.put(String.valueOf(key), value));
        return object;
    }
}
