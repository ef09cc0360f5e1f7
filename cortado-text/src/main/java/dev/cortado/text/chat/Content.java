package dev.cortado.text.chat;

import java.util.List;
import java.util.Map;

/// What a message says.
public sealed interface Content {
    /// Nothing: an assistant's message may consist of tool calls alone.
    record Nothing() implements Content {}

    /// Plain text.
    record Plain(String text) implements Content {}

    /// Parts of several kinds.
    record Parts(List<Part> parts) implements Content {
        public Parts {
            parts = List.copyOf(parts);
        }
    }

    /// One part.
    sealed interface Part {}

    /// Text.
    record TextPart(String text) implements Part {}

    /// An image, a sound or anything else a template has a place for.
    ///
    /// @param type such as `image`
    /// @param fields further entries, plain data
    record MediaPart(String type, Map<String, Object> fields) implements Part {}
}
