package dev.cortado.text.tokenizer.pipeline;

import java.util.List;

/// Cuts text into words, which tokens never cross: the `pre_tokenizer` of a `tokenizer.json`, one record for each
/// type the Hugging Face tokenizers library has.
public sealed interface PreTokenizer {
    /// The words of a piece, in order, without empty ones.
    List<AlignedText> split(AlignedText piece);

    /// What becomes of what a pattern finds (`SplitDelimiterBehavior`).
    enum Delimiter {
        REMOVED,
        ISOLATED,
        MERGED_WITH_PREVIOUS,
        MERGED_WITH_NEXT,
        CONTIGUOUS
    }

    /// When [Metaspace] puts its mark before a text (`prepend_scheme`).
    enum Prepend {
        FIRST,
        NEVER,
        ALWAYS
    }

    /// `ByteLevel`.
    record ByteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Whitespace`: `\w+|[^\w\s]+`.
    record Whitespace() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `WhitespaceSplit`.
    record WhitespaceSplit() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `BertPreTokenizer`.
    record Bert() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Metaspace`.
    ///
    /// @param replacement one character, `▁` in SentencePiece
    record Metaspace(String replacement, Prepend prepend, boolean split) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Punctuation`.
    record Punctuation(Delimiter behavior) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Digits`.
    record Digits(boolean individual) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Split`.
    record Split(TextPattern pattern, Delimiter behavior, boolean invert) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `CharDelimiterSplit`.
    ///
    /// @param delimiter a code point
    record CharDelimiterSplit(int delimiter) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `UnicodeScripts`.
    record UnicodeScripts() implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `FixedLength`.
    record FixedLength(int length) implements PreTokenizer {
        @Override
        public List<AlignedText> split(AlignedText piece) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Sequence`: each cuts the pieces the one before left.
    record Sequence(List<PreTokenizer> preTokenizers) implements PreTokenizer {
        public Sequence {
            preTokenizers = List.copyOf(preTokenizers);
        }

        @Override
        public List<AlignedText> split(AlignedText piece) {
            List<AlignedText> pieces = List.of(piece);
            for (PreTokenizer next : preTokenizers) {
                pieces = pieces.stream().flatMap(p -> next.split(p).stream()).toList();
            }
            return pieces;
        }
    }
}
