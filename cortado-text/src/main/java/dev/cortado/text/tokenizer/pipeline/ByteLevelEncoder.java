package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.Bpe;
import dev.cortado.text.tokenizer.model.ByteMerger;
import dev.cortado.text.tokenizer.model.IdBuffer;
import dev.cortado.text.tokenizer.model.Model;
import dev.cortado.text.tokenizer.scan.WordScanner;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Byte-level BPE whose words a [WordScanner] cuts: works on the text's UTF-8 bytes from beginning to end, and
/// remembers the ids of words.
final class ByteLevelEncoder implements SegmentEncoder {
    /// Words remembered; a power of two.
    private static final int SLOTS = 1 << 16;

    private static final int LONGEST_REMEMBERED = 48;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Optional<Normalizer> normalizer;
    private final boolean spaceFirst;
    private final WordScanner scanner;
    private final ByteMerger merger;
    // A word's slot is its hash. Threads race for slots without harm: entries are immutable, a lost one is
    // computed again.
    private final @Nullable Word[] words = new @Nullable Word[SLOTS];

    private ByteLevelEncoder(
            Optional<Normalizer> normalizer, boolean spaceFirst, WordScanner scanner, ByteMerger merger) {
        this.normalizer = normalizer;
        this.spaceFirst = spaceFirst;
        this.scanner = scanner;
        this.merger = merger;
    }

    /// An encoder, when the pipeline is of this kind.
    static Optional<ByteLevelEncoder> of(Pipeline pipeline, Model model) {
        if (!(model instanceof Bpe bpe) || pipeline.preTokenizer().isEmpty()) {
            return Optional.empty();
        }
        Optional<ByteMerger> merger = bpe.byteMerger();
        if (merger.isEmpty()) {
            return Optional.empty();
        }
        return switch (pipeline.preTokenizer().get()) {
            case PreTokenizer.ByteLevel words
            when words.useRegex() ->
                WordScanner.of(WordScanner.GPT2)
                        .map(scanner -> new ByteLevelEncoder(
                                pipeline.normalizer(), words.addPrefixSpace(), scanner, merger.get()));
            case PreTokenizer.Sequence(List<PreTokenizer> steps)
            when steps.size() == 2
                    && steps.get(0) instanceof PreTokenizer.Split split
                    && steps.get(1) instanceof PreTokenizer.ByteLevel bytes
                    && !bytes.addPrefixSpace()
                    && !bytes.useRegex() ->
                scanner(split)
                        .map(scanner -> new ByteLevelEncoder(pipeline.normalizer(), false, scanner, merger.get()));
            default -> Optional.empty();
        };
    }

    /// The scanner that cuts as a `Split` does: the patterns match every text whole, so that what is between
    /// matches does not exist.
    static Optional<WordScanner> scanner(PreTokenizer.Split split) {
        boolean everyMatchIsAWord = split.invert()
                ? split.behavior() == PreTokenizer.Delimiter.REMOVED
                        || split.behavior() == PreTokenizer.Delimiter.ISOLATED
                : split.behavior() == PreTokenizer.Delimiter.ISOLATED;
        return everyMatchIsAWord && split.pattern() instanceof TextPattern.Regex regex
                ? WordScanner.of(regex.source())
                : Optional.empty();
    }

    @Override
    public Optional<ByteLevelEncoder> continued() {
        if (normalizer.isEmpty()) {
            return Optional.of(new ByteLevelEncoder(normalizer, false, scanner, merger));
        }
        return Continuation.of(normalizer.get())
                .map(rule -> new ByteLevelEncoder(Optional.of(rule), false, scanner, merger));
    }

    @Override
    public void encode(String segment, int start, IdBuffer out) {
        String text = normalizer.map(rule -> normalized(rule, segment)).orElse(segment);
        if (spaceFirst && !text.isEmpty() && text.charAt(0) != ' ') {
            text = " " + text;
        }
        encode(text.getBytes(StandardCharsets.UTF_8), out);
    }

    /// The normalized text; without alignments where that saves work on text that is normal already, as most is.
    private static String normalized(Normalizer rule, String segment) {
        return rule instanceof Normalizer.UnicodeForm(java.text.Normalizer.Form form)
                ? java.text.Normalizer.normalize(segment, form)
                : rule.normalize(AlignedText.of(segment)).text();
    }

    private void encode(byte[] text, IdBuffer out) {
        ByteMerger own = null; // most texts hold no word that has to be merged
        for (int start = 0, end; start < text.length; start = end) {
            end = scanner.wordEnd(text, start, text.length);
            int length = end - start;
            if (length <= LONGEST_REMEMBERED && remembers(text, start, length, out)) {
                continue;
            }
            if (own == null) {
                own = merger.another();
            }
            int[] room = out.room(length);
            int count = own.merge(text, start, end, room, out.size());
            if (length <= LONGEST_REMEMBERED) {
                remember(text, start, length, Arrays.copyOfRange(room, out.size(), out.size() + count));
            }
            out.grow(count);
        }
    }

    private boolean remembers(byte[] text, int start, int length, IdBuffer out) {
        long low = low(text, start, length);
        long high = high(text, start, length);
        int slot = slot(text, start, length, low, high);
        Word known = words[slot];
        if (known == null || !known.is(low, high, length, text, start)) {
            known = words[slot ^ 1];
            if (known == null || !known.is(low, high, length, text, start)) {
                return false;
            }
        }
        if (known.more == null) {
            out.add(known.first);
        } else {
            out.addAll(known.more);
        }
        return true;
    }

    private void remember(byte[] text, int start, int length, int[] ids) {
        long low = low(text, start, length);
        long high = high(text, start, length);
        byte[] rest = length > 16 ? Arrays.copyOfRange(text, start + 16, start + length) : Word.NOTHING;
        int slot = slot(text, start, length, low, high);
        words[slot ^ 1] = words[slot];
        words[slot] = new Word(low, high, length, rest, ids);
    }

    private static int slot(byte[] text, int start, int length, long low, long high) {
        int hash = length;
        for (int at = 16; at < length; at += 8) {
            hash = 31 * hash + Long.hashCode(bytes(text, start + at, Math.min(length - at, 8)));
        }
        long mixed = (low ^ Long.rotateLeft(high, 29) ^ hash) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & (SLOTS - 1);
    }

    private static long low(byte[] text, int start, int length) {
        return bytes(text, start, Math.min(length, 8));
    }

    private static long high(byte[] text, int start, int length) {
        return length > 8 ? bytes(text, start + 8, Math.min(length - 8, 8)) : 0;
    }

    /// Up to eight bytes as one number.
    private static long bytes(byte[] text, int start, int count) {
        if (start + 8 <= text.length) {
            long eight = (long) LONGS.get(text, start);
            return count == 8 ? eight : eight & ((1L << (8 * count)) - 1);
        }
        long few = 0;
        for (int i = count - 1; i >= 0; i--) {
            few = few << 8 | (text[start + i] & 0xFF);
        }
        return few;
    }

    /// A word and its ids.
    private static final class Word {
        static final byte[] NOTHING = new byte[0];

        private final long low; // bytes 0 to 7
        private final long high; // bytes 8 to 15
        private final int length;
        private final byte[] rest; // from byte 16 on
        private final int first;
        private final int @Nullable [] more; // all ids, when there are several

        Word(long low, long high, int length, byte[] rest, int[] ids) {
            this.low = low;
            this.high = high;
            this.length = length;
            this.rest = rest;
            first = ids[0];
            more = ids.length == 1 ? null : ids;
        }

        boolean is(long itsLow, long itsHigh, int itsLength, byte[] text, int start) {
            return low == itsLow
                    && high == itsHigh
                    && length == itsLength
                    && (length <= 16 || Arrays.equals(rest, 0, rest.length, text, start + 16, start + length));
        }
    }
}
