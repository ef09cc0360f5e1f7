package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.ByteAlphabet;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// One decoder at work on tokens that come one at a time: it gets pieces of text in parts, and hands on what is
/// certain as soon as it is, in parts of pieces again. A part is never half a character. For one sequence, by one
/// thread.
///
/// In the end each has made exactly the pieces that the library makes of all tokens at once, so nothing is shown that a
/// later token could change. Most wait for the end of a piece at most, which is a token until a decoder fuses them.
interface DecodeStage {
    /// More of the current piece.
    void text(String part);

    /// The current piece ends here.
    void end();

    /// There are no more pieces.
    void finish();

    /// The stage that does what `decoder` says and hands its pieces on to `next`.
    static DecodeStage of(Decoder decoder, DecodeStage next) {
        return switch (decoder) {
            case Decoder.ByteLevel _ -> new Whole(new Bytes(next));
            case Decoder.WordPiece wordPiece -> new Whole(new Words(wordPiece, next));
            case Decoder.Metaspace metaspace -> new Marks(metaspace, next);
            case Decoder.ByteFallback _ -> new Whole(new ByteRuns(next));
            case Decoder.Bpe bpe -> new Whole(new Suffixes(bpe.suffix(), next));
            case Decoder.Ctc ctc -> new Whole(new Distinct(ctc, next));
            case Decoder.Fuse _ -> new Fused(next);
            case Decoder.Strip strip -> new Stripped(strip, next);
            case Decoder.Replace replace -> Replaced.stage(replace, next);
            case Decoder.Sequence(List<Decoder> decoders) -> {
                DecodeStage first = next;
                for (Decoder last : decoders.reversed()) {
                    first = of(last, first);
                }
                yield first;
            }
        };
    }

    /// The last stage: collects the pieces.
    final class Pieces implements DecodeStage {
        private final List<String> all = new ArrayList<>();
        private final StringBuilder piece = new StringBuilder();

        @Override
        public void text(String part) {
            piece.append(part);
        }

        @Override
        public void end() {
            all.add(piece.toString());
            piece.setLength(0);
        }

        @Override
        public void finish() {}

        /// All of them, in order.
        List<String> all() {
            return List.copyOf(all);
        }
    }

    /// What can only be done to a whole piece.
    interface OnPieces {
        void piece(String piece);

        void finish();
    }

    /// Waits for the end of each piece.
    final class Whole implements DecodeStage {
        private final OnPieces then;
        private final StringBuilder piece = new StringBuilder();

        Whole(OnPieces then) {
            this.then = then;
        }

        @Override
        public void text(String part) {
            piece.append(part);
        }

        @Override
        public void end() {
            String whole = piece.toString();
            piece.setLength(0);
            then.piece(whole);
        }

        @Override
        public void finish() {
            then.finish();
        }
    }

    /// `ByteLevel`.
    final class Bytes implements OnPieces {
        private final DecodeStage next;
        private final LossyUtf8 utf8 = new LossyUtf8();

        Bytes(DecodeStage next) {
            this.next = next;
        }

        @Override
        public void piece(String piece) {
            var text = new StringBuilder();
            utf8.read(bytes(piece), text);
            next.text(text.toString());
        }

        @Override
        public void finish() {
            var text = new StringBuilder();
            utf8.finish(text);
            next.text(text.toString());
            next.end();
            next.finish();
        }

        static byte[] bytes(String token) {
            return ByteAlphabet.bytes(token).orElseGet(() -> token.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// `WordPiece`.
    final class Words implements OnPieces {
        private final Decoder.WordPiece decoder;
        private final DecodeStage next;
        private boolean first = true;

        Words(Decoder.WordPiece decoder, DecodeStage next) {
            this.decoder = decoder;
            this.next = next;
        }

        @Override
        public void piece(String piece) {
            next.text(word(decoder, piece, first));
            next.end();
            first = false;
        }

        @Override
        public void finish() {
            next.finish();
        }

        static String word(Decoder.WordPiece decoder, String token, boolean first) {
            String text = first
                    ? token
                    : token.startsWith(decoder.prefix())
                            ? token.substring(decoder.prefix().length())
                            : " " + token;
            return decoder.cleanup() ? clean(text) : text;
        }

        /// Takes out what tokenizing English put in (`clean_up_tokenization` of Hugging Face's transformers).
        static String clean(String text) {
            return text.replace(" .", ".")
                    .replace(" ?", "?")
                    .replace(" !", "!")
                    .replace(" ,", ",")
                    .replace(" ' ", "'")
                    .replace(" n't", "n't")
                    .replace(" 'm", "'m")
                    .replace(" do not", " don't")
                    .replace(" 's", "'s")
                    .replace(" 've", "'ve")
                    .replace(" 're", "'re");
        }
    }

    /// `Metaspace`.
    final class Marks implements DecodeStage {
        private final String mark;
        private final DecodeStage next;
        private String space; // what becomes of the mark now

        Marks(Decoder.Metaspace decoder, DecodeStage next) {
            this.mark = decoder.replacement();
            this.next = next;
            space = decoder.prepend() == PreTokenizer.Prepend.NEVER ? " " : "";
        }

        @Override
        public void text(String part) {
            next.text(part.replace(mark, space));
        }

        @Override
        public void end() {
            next.end();
            space = " ";
        }

        @Override
        public void finish() {
            next.finish();
        }
    }

    /// `ByteFallback`. Whether a run of bytes is text is known when it ends: the library shows `<0xC3> <0xA9>` as é,
    /// but `<0xC3> <0xA9> <0xFF>` as three U+FFFD.
    final class ByteRuns implements OnPieces {
        private static final int TOKEN = "<0x00>".length();

        private final DecodeStage next;
        private final ByteArrayOutputStream run = new ByteArrayOutputStream();

        ByteRuns(DecodeStage next) {
            this.next = next;
        }

        @Override
        public void piece(String piece) {
            OptionalInt unsignedByte = unsignedByte(piece);
            if (unsignedByte.isPresent()) {
                run.write(unsignedByte.getAsInt());
            } else {
                endRun();
                next.text(piece);
                next.end();
            }
        }

        @Override
        public void finish() {
            endRun();
            next.finish();
        }

        private void endRun() {
            if (run.size() == 0) {
                return;
            }
            byte[] bytes = run.toByteArray();
            run.reset();
            try {
                next.text(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString());
                next.end();
            } catch (CharacterCodingException notUtf8) {
                for (int i = 0; i < bytes.length; i++) {
                    next.text("\uFFFD");
                    next.end();
                }
            }
        }

        /// The byte a token stands for. Rust's `from_str_radix` takes a sign for the first of two digits: `<0x+A>`.
        static OptionalInt unsignedByte(String token) {
            if (token.length() != TOKEN || !token.startsWith("<0x") || token.charAt(TOKEN - 1) != '>') {
                return OptionalInt.empty();
            }
            int high = token.charAt(3) == '+' ? 0 : digit(token.charAt(3));
            int low = digit(token.charAt(4));
            return high < 0 || low < 0 ? OptionalInt.empty() : OptionalInt.of(16 * high + low);
        }

        private static int digit(char c) {
            return c < 0x80 ? Character.digit(c, 16) : -1; // not the digits of other scripts
        }
    }

    /// `BPEDecoder`. Whether a token is the last, whose suffix is no space, is known when the next one comes or none.
    final class Suffixes implements OnPieces {
        private final String suffix;
        private final DecodeStage next;
        private Optional<String> waiting = Optional.empty(); // a token from its first suffix on

        Suffixes(String suffix, DecodeStage next) {
            this.suffix = suffix;
            this.next = next;
        }

        @Override
        public void piece(String piece) {
            settle(" ");
            int at = piece.indexOf(suffix);
            if (at < 0) {
                next.text(piece);
                next.end();
            } else {
                next.text(piece.substring(0, at));
                waiting = Optional.of(piece.substring(at));
            }
        }

        @Override
        public void finish() {
            settle("");
            next.finish();
        }

        private void settle(String space) {
            waiting.ifPresent(rest -> {
                next.text(Replaced.everywhere(rest, suffix, space));
                next.end();
            });
            waiting = Optional.empty();
        }
    }

    /// `CTC`.
    final class Distinct implements OnPieces {
        private final Decoder.Ctc decoder;
        private final DecodeStage next;
        private Optional<String> before = Optional.empty();

        Distinct(Decoder.Ctc decoder, DecodeStage next) {
            this.decoder = decoder;
            this.next = next;
        }

        @Override
        public void piece(String piece) {
            if (before.filter(piece::equals).isPresent()) {
                return;
            }
            before = Optional.of(piece);
            String text = text(decoder, piece);
            if (!text.isEmpty()) {
                next.text(text);
                next.end();
            }
        }

        @Override
        public void finish() {
            next.finish();
        }

        static String text(Decoder.Ctc decoder, String token) {
            String unpadded = Replaced.everywhere(token, decoder.padToken(), "");
            return decoder.cleanup()
                    ? Replaced.everywhere(Words.clean(unpadded), decoder.wordDelimiterToken(), " ")
                    : unpadded;
        }
    }

    /// `Fuse`.
    final class Fused implements DecodeStage {
        private final DecodeStage next;

        Fused(DecodeStage next) {
            this.next = next;
        }

        @Override
        public void text(String part) {
            next.text(part);
        }

        @Override
        public void end() {}

        @Override
        public void finish() {
            next.end();
            next.finish();
        }
    }

    /// `Strip`. What could be the end waits, as a number: it is all the same character.
    final class Stripped implements DecodeStage {
        private final Decoder.Strip strip;
        private final int content;
        private final DecodeStage next;
        private int taken; // from the beginning of the piece; all there may be once another character has come
        private int waiting; // at the end, at most as many as may be taken there

        Stripped(Decoder.Strip strip, DecodeStage next) {
            this.strip = strip;
            this.content = strip.content().codePointAt(0);
            this.next = next;
        }

        @Override
        public void text(String part) {
            var text = new StringBuilder(part.length());
            part.codePoints().forEach(point -> {
                if (point != content) {
                    text.repeat(content, waiting).appendCodePoint(point);
                    waiting = 0;
                    taken = strip.start();
                } else if (taken < strip.start()) {
                    taken++;
                } else if (waiting < strip.stop()) {
                    waiting++;
                } else {
                    text.appendCodePoint(point);
                }
            });
            next.text(text.toString());
        }

        @Override
        public void end() {
            taken = 0;
            waiting = 0;
            next.end();
        }

        @Override
        public void finish() {
            next.finish();
        }
    }
}
