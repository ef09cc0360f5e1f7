package dev.cortado.text.tokenizer;

import java.util.BitSet;

/// Whether text that spells a special token (`<|endoftext|>`) becomes that token. What users, tools and documents
/// write must not be able to forge structure, so the answer is no unless a caller says where.
public sealed interface SpecialText {
    /// Nowhere: what looks like a special token is ordinary text.
    SpecialText NEVER = new Never();

    /// Anywhere: the whole text is trusted.
    SpecialText ALWAYS = new Always();

    /// Whether the characters `[start, end)` (UTF-16) may be a special token.
    boolean allowed(int start, int end);

    /// See [#NEVER].
    record Never() implements SpecialText {
        @Override
        public boolean allowed(int start, int end) {
            return false;
        }
    }

    /// See [#ALWAYS].
    record Always() implements SpecialText {
        @Override
        public boolean allowed(int start, int end) {
            return true;
        }
    }

    /// Only where every character is trusted, as what a chat template writes is and what it quotes is not.
    ///
    /// @param trusted indices of the trusted characters (UTF-16); not to be changed afterwards
    record Within(BitSet trusted) implements SpecialText {
        @Override
        public boolean allowed(int start, int end) {
            // Not by nextClearBit, which looks as far as trust reaches: for each token again, the whole text.
            for (int i = start; i < end; i++) {
                if (!trusted.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }
}
