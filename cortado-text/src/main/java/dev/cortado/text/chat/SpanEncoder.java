package dev.cortado.text.chat;

import java.util.BitSet;
import java.util.OptionalInt;

/// What a tokenizer does for conversations.
public interface SpanEncoder {
    /// Token ids, and which characters each stands for.
    ///
    /// @param starts index of each token's first character, UTF-16
    /// @param ends index after each token's last character; tokens that share a character's bytes share its indices
    @SuppressWarnings("ArrayRecordComponent") // many numbers, handed over once and never compared
    record Encoded(int[] ids, int[] starts, int[] ends) {
        public Encoded {
            if (ids.length != starts.length || ids.length != ends.length) {
                throw new IllegalArgumentException("there must be as many starts and ends as ids");
            }
        }
    }

    /// Encodes text. Control tokens are recognised only where all their characters are trusted; text between two of
    /// them is encoded as one. Nothing is added.
    Encoded encode(String text, BitSet trusted);

    /// Whether an id is a control token's.
    boolean isSpecial(int id);

    /// The token that begins a sequence.
    OptionalInt bos();
}
