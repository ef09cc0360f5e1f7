package dev.cortado.text.tokenizer.pipeline;

import java.util.List;

/// Turns tokens, as the vocabulary spells them, back into text: the `decoder` of a `tokenizer.json`, one record for
/// each type the Hugging Face tokenizers library has.
public sealed interface Decoder {
    /// Pieces of text (not necessarily one for each token) that joined are the text.
    List<String> decode(List<String> tokens);

    /// `ByteLevel`.
    record ByteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `WordPiece`.
    record WordPiece(String prefix, boolean cleanup) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Metaspace`.
    record Metaspace(String replacement, PreTokenizer.Prepend prepend, boolean split) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `ByteFallback`.
    record ByteFallback() implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `BPEDecoder`.
    record Bpe(String suffix) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `CTC`.
    record Ctc(String padToken, String wordDelimiterToken, boolean cleanup) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Fuse`.
    record Fuse() implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            return List.of(String.join("", tokens));
        }
    }

    /// `Strip`.
    ///
    /// @param content one character, at most `start` of which are taken from the beginning and `stop` from the
    /// end
    record Strip(String content, int start, int stop) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Replace`.
    record Replace(TextPattern pattern, String content) implements Decoder {
        @Override
        public List<String> decode(List<String> tokens) {
            throw new UnsupportedOperationException();
        }
    }

    /// `Sequence`.
    record Sequence(List<Decoder> decoders) implements Decoder {
        public Sequence {
            decoders = List.copyOf(decoders);
        }

        @Override
        public List<String> decode(List<String> tokens) {
            List<String> now = tokens;
            for (Decoder decoder : decoders) {
                now = decoder.decode(now);
            }
            return now;
        }
    }
}
