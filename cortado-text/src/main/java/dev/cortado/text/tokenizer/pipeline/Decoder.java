package dev.cortado.text.tokenizer.pipeline;

import java.util.List;

/// Turns tokens, as the vocabulary spells them, back into text: the `decoder` of a `tokenizer.json`, one record for
/// each type the Hugging Face tokenizers library has.
///
/// A decoder makes pieces of text of pieces of text, the first of which are the tokens. What each does is written
/// once, for tokens that come one at a time, in [DecodeStage].
public sealed interface Decoder {
    /// Pieces of text (not necessarily one for each token) that joined are the text.
    default List<String> decode(List<String> tokens) {
        var pieces = new DecodeStage.Pieces();
        DecodeStage stage = DecodeStage.of(this, pieces);
        for (String token : tokens) {
            stage.text(token);
            stage.end();
        }
        stage.finish();
        return pieces.all();
    }

    /// `ByteLevel`: each character of a token stands for a byte (see
    /// [dev.cortado.text.tokenizer.model.ByteAlphabet]); a token with a character outside that alphabet stands for
    /// itself. All tokens become one piece, in which bytes that are not UTF-8 are U+FFFD.
    ///
    /// @param addPrefixSpace means nothing here, like the others: the library writes the same three fields for all
    /// its parts named `ByteLevel`
    record ByteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) implements Decoder {}

    /// `WordPiece`: a token that begins with the prefix continues the word before it, any other begins a word, after a
    /// space. The first token stays as it is.
    ///
    /// @param cleanup whether spaces before punctuation and within English contractions are taken out of each token
    record WordPiece(String prefix, boolean cleanup) implements Decoder {}

    /// `Metaspace`: the mark becomes a space; marks of the first token are left out unless the scheme is `NEVER`.
    ///
    /// @param replacement the mark, one character, mostly `▁` (U+2581)
    record Metaspace(String replacement, PreTokenizer.Prepend prepend, boolean split) implements Decoder {
        public Metaspace {
            requireOneCharacter("replacement of a Metaspace decoder", replacement);
        }
    }

    /// `ByteFallback`: neighbouring tokens that are bytes, `<0x00>` to `<0xFF>`, become the text they are in UTF-8;
    /// if they are none, each of them is U+FFFD.
    record ByteFallback() implements Decoder {}

    /// `BPEDecoder`: the suffix, which ends a word, becomes a space, and nothing in the last token.
    record Bpe(String suffix) implements Decoder {}

    /// `CTC` (Graves et al. 2006): of equal neighbouring tokens only the first counts; the padding token is left out,
    /// and with it, whatever becomes empty.
    ///
    /// @param cleanup whether the word delimiter becomes a space and each token is cleaned up as by [WordPiece]
    record Ctc(String padToken, String wordDelimiterToken, boolean cleanup) implements Decoder {}

    /// `Fuse`: all pieces become one.
    record Fuse() implements Decoder {}

    /// `Strip`, of each piece.
    ///
    /// @param content one character, at most `start` of which are taken from the beginning and `stop` from the
    /// end
    record Strip(String content, int start, int stop) implements Decoder {
        public Strip {
            requireOneCharacter("content of a Strip decoder", content);
            if (start < 0 || stop < 0) {
                throw new IllegalArgumentException(
                        "a Strip decoder takes " + start + " and " + stop + " characters off: neither may be negative");
            }
        }
    }

    /// `Replace`, in each piece: what the pattern finds becomes the content, which is taken as it is.
    record Replace(TextPattern pattern, String content) implements Decoder {}

    /// `Sequence`: what one decoder makes is what the next one gets.
    record Sequence(List<Decoder> decoders) implements Decoder {
        public Sequence {
            decoders = List.copyOf(decoders);
        }
    }

    private static void requireOneCharacter(String what, String text) {
        if (text.codePointCount(0, text.length()) != 1) {
            throw new IllegalArgumentException(what + " is '" + text + "', not one character");
        }
    }
}
