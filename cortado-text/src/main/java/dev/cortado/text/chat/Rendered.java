package dev.cortado.text.chat;

import java.util.BitSet;

/// A rendered conversation.
///
/// @param trusted which characters (UTF-16 units) the template or its special tokens wrote; only where all of its
///     characters are trusted may text become a control token
/// @param assistant which characters the assistant said
/// @param marked the template itself marked what the assistant said (`{% generation %}`), to the character
public record Rendered(String text, BitSet trusted, BitSet assistant, boolean marked) {
    public Rendered {
        trusted = (BitSet) trusted.clone();
        assistant = (BitSet) assistant.clone();
    }

    @Override
    public BitSet trusted() {
        return (BitSet) trusted.clone();
    }

    @Override
    public BitSet assistant() {
        return (BitSet) assistant.clone();
    }
}
