package dev.cortado.text.tokenizer.pipeline;

import java.util.List;
import java.util.Optional;

/// Rewrites text before it is cut into words: the `normalizer` of a `tokenizer.json`, one record for each type the
/// Hugging Face tokenizers library has.
public sealed interface Normalizer {
    /// The rewritten text.
    AlignedText normalize(AlignedText text);

    /// The four normalization forms of Unicode (UAX 15): `NFC`, `NFD`, `NFKC`, `NFKD`.
    record UnicodeForm(java.text.Normalizer.Form form) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Lowercase`.
    record Lowercase() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `StripAccents`.
    record StripAccents() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Strip`.
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `BertNormalizer`.
    ///
    /// @param stripAccents absent: as `lowercase` says
    record Bert(boolean cleanText, boolean handleChineseChars, Optional<Boolean> stripAccents, boolean lowercase)
            implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Replace`.
    record Replace(TextPattern pattern, String content) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Prepend`.
    record Prepend(String prefix) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Nmt`.
    record Nmt() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Precompiled`: SentencePiece's compiled rules.
    record Precompiled(CharsMap charsMap) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `ByteLevel`.
    record ByteLevel() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Sequence`.
    record Sequence(List<Normalizer> normalizers) implements Normalizer {
        public Sequence {
            normalizers = List.copyOf(normalizers);
        }

        @Override
        public AlignedText normalize(AlignedText text) {
            AlignedText now = text;
            for (Normalizer normalizer : normalizers) {
                now = normalizer.normalize(now);
            }
            return now;
        }
    }

    /// SentencePiece's own normalizer, which no `tokenizer.json` can name.
    record SentencePiece(SentencePieceRules rules) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return rules.apply(text);
        }
    }
}
