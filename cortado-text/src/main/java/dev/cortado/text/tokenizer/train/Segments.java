package dev.cortado.text.tokenizer.train;

import java.util.Arrays;

/// Sequences of symbols, each with the number of times it occurs, one after the other in one array: what words are to
/// the learning algorithms.
final class Segments {
    final int[] symbols;
    /// Where each segment begins in `symbols`; one more than there are segments, the last being the end.
    final int[] starts;
    final long[] counts;

    private Segments(int[] symbols, int[] starts, long[] counts) {
        this.symbols = symbols;
        this.starts = starts;
        this.counts = counts;
    }

    /// The number of segments.
    int size() {
        return counts.length;
    }

    /// The same, with segments of more than `most` symbols cut.
    Segments cut(int most) {
        var builder = new Builder();
        for (int s = 0; s < size(); s++) {
            for (int at = starts[s]; at < starts[s + 1]; at++) {
                if (builder.open() == most) {
                    builder.end(counts[s]);
                }
                builder.add(symbols[at]);
            }
            builder.end(counts[s]);
        }
        return builder.build();
    }

    /// Takes one segment after the other.
    static final class Builder {
        private int[] symbols = new int[1 << 12];
        private int[] starts = new int[1 << 10];
        private long[] counts = new long[1 << 10];
        private int length;
        private int size;

        /// Adds a symbol to the segment that is being built.
        void add(int symbol) {
            if (length == symbols.length) {
                if (length > Integer.MAX_VALUE / 2) {
                    throw new IllegalArgumentException("the different words have more than " + length
                            + " characters together; give less text, or split it into shorter words");
                }
                symbols = Arrays.copyOf(symbols, 2 * length);
            }
            symbols[length++] = symbol;
        }

        /// Ends the segment; an empty one is none.
        void end(long count) {
            if (length == starts[size]) {
                return;
            }
            if (size + 1 == counts.length) {
                starts = Arrays.copyOf(starts, 2 * counts.length);
                counts = Arrays.copyOf(counts, 2 * counts.length);
            }
            counts[size] = count;
            starts[++size] = length;
        }

        /// The symbols in the segment that is being built.
        int open() {
            return length - starts[size];
        }

        Segments build() {
            return new Segments(
                    Arrays.copyOf(symbols, length), Arrays.copyOf(starts, size + 1), Arrays.copyOf(counts, size));
        }
    }
}
