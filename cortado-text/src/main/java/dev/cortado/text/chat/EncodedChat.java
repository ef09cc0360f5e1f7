package dev.cortado.text.chat;

/// A conversation as token ids.
///
/// @param assistant for each id, whether the assistant said it, which is what a model learns to say
@SuppressWarnings("ArrayRecordComponent") // many numbers, handed over once and never compared
public record EncodedChat(int[] ids, boolean[] assistant) {
    public EncodedChat {
        if (ids.length != assistant.length) {
            throw new IllegalArgumentException("there must be as many marks as ids");
        }
    }
}
