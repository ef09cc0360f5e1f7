package dev.cortado.text.chat;

import java.util.Map;
import java.util.Optional;

/// A function the assistant calls.
///
/// @param id names the call, so that a tool's message can answer it
/// @param name of the function
/// @param arguments by parameter, plain data
public record ToolCall(Optional<String> id, String name, Map<String, Object> arguments) {
    /// A call that a tool's message can answer by its id.
    public static ToolCall of(String id, String name, Map<String, Object> arguments) {
        return new ToolCall(Optional.of(id), name, arguments);
    }
}
