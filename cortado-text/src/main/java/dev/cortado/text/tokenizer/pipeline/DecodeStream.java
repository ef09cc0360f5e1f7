package dev.cortado.text.tokenizer.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// Turns ids into text one at a time, as a model generates them. All the returned strings together equal
/// [Decoder#decode] of all the tokens, for every decoder and all ids, and none ends in half a character: what a later
/// token may still change waits.
///
/// How long that is depends on the decoder. Nothing waits longer than the next token but: bytes that may become a
/// character (`ByteLevel`); neighbouring tokens that are single bytes, until another token comes (`ByteFallback`: one
/// bad byte makes them all U+FFFD); characters a `Strip` would take from the end, or literal text a `Replace` has
/// found the beginning of; and everything when a decoder that needs whole pieces — one of the others, or a `Replace`
/// by a regular expression — follows one that fuses all tokens to one piece, which no published tokenizer does.
///
/// For one sequence after another, by one thread.
public final class DecodeStream {
    private final IntFunction<Optional<String>> spelling;
    private final Optional<Decoder> decoder;
    private final StringBuilder ready = new StringBuilder();
    private DecodeStage stage;

    /// A stream at the beginning of a sequence.
    ///
    /// @param spelling the token of an id as the vocabulary spells it; empty for ids to leave out: unknown ones,
    /// and special ones if they are not to be shown. When it throws, the stream stays as it was
    /// @param decoder  empty: tokens are words with spaces between them
    public DecodeStream(IntFunction<Optional<String>> spelling, Optional<Decoder> decoder) {
        this.spelling = spelling;
        this.decoder = decoder;
        stage = begin();
    }

    /// The text that is certain now that one more token is there; often, but not always, that token's.
    public String push(int id) {
        spelling.apply(id).ifPresent(token -> {
            stage.text(token);
            stage.end();
        });
        return take();
    }

    /// What is left at the end of the sequence. The stream is then ready for another one.
    public String finish() {
        stage.finish();
        stage = begin();
        return take();
    }

    /// The text of tokens that are all there.
    public static String decode(List<String> tokens, Optional<Decoder> decoder) {
        return decoder.map(known -> String.join("", known.decode(tokens))).orElseGet(() -> String.join(" ", tokens));
    }

    private DecodeStage begin() {
        var last = new Ready(ready);
        return decoder.map(known -> DecodeStage.of(known, last)).orElseGet(() -> new Spaced(last));
    }

    private String take() {
        String text = ready.toString();
        ready.setLength(0);
        return text;
    }

    /// The last stage: the text alone.
    private record Ready(StringBuilder text) implements DecodeStage {
        @Override
        public void text(String part) {
            text.append(part);
        }

        @Override
        public void end() {}

        @Override
        public void finish() {}
    }

    /// What is done without a decoder.
    private static final class Spaced implements DecodeStage {
        private final DecodeStage next;
        private boolean first = true;

        Spaced(DecodeStage next) {
            this.next = next;
        }

        @Override
        public void text(String part) {
            next.text(first ? part : " " + part);
        }

        @Override
        public void end() {
            next.end();
            first = false;
        }

        @Override
        public void finish() {
            next.finish();
        }
    }
}
