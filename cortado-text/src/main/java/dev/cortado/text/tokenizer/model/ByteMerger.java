package dev.cortado.text.tokenizer.model;

import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Byte-level BPE of one word given as bytes: what [Bpe#tokenize] does to the word spelled in the byte alphabet,
/// without spelling it. For one thread.
public final class ByteMerger {
    private static final int ABSENT = -1;

    private final PairMerger merger;
    private final int[] byteIds; // by unsigned byte
    private final @Nullable ToIntFunction<String> wholeWord;

    /// @param wholeWord the token of a whole word spelled in the byte alphabet, −1 when there is none; null when
    /// words are always merged
    ByteMerger(PairMerger merger, int[] byteIds, @Nullable ToIntFunction<String> wholeWord) {
        this.merger = merger;
        this.byteIds = byteIds;
        this.wholeWord = wholeWord;
    }

    /// A merger of the same model for another thread.
    public ByteMerger another() {
        return new ByteMerger(merger.another(), byteIds, wholeWord);
    }

    /// Puts the ids of the word `text[start, end)` into `out` from `at` on, which has room for one id a byte.
    ///
    /// @return how many ids there are
    public int merge(byte[] text, int start, int end, int[] out, int at) {
        int length = end - start;
        if (length == 1) {
            out[at] = byteIds[text[start] & 0xFF];
            return 1;
        }
        if (wholeWord != null) {
            int whole = wholeWord.applyAsInt(spelled(text, start, end));
            if (whole != ABSENT) {
                out[at] = whole;
                return 1;
            }
        }
        int[] symbols = merger.symbols(length);
        for (int i = 0; i < length; i++) {
            symbols[i] = byteIds[text[start + i] & 0xFF];
        }
        merger.merge(length);
        int count = 0;
        for (int i = 0; i < length; i = merger.after(i)) {
            out[at + count++] = merger.symbol(i);
        }
        return count;
    }

    private static String spelled(byte[] text, int start, int end) {
        char[] spelled = new char[end - start];
        for (int i = 0; i < spelled.length; i++) {
            spelled[i] = ByteAlphabet.character(text[start + i] & 0xFF);
        }
        return new String(spelled);
    }
}
