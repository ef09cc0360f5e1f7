package dev.cortado.text.tokenizer.train;

import java.util.Arrays;

/// A binary heap of pairs by count, the greatest first; pairs are numbers that a comparison of ties understands.
final class PairHeap {
    /// Which of two pairs of equal count comes first.
    @FunctionalInterface
    interface Ties {
        int compare(int a, int b);
    }

    private final Ties ties;
    private long[] counts = new long[1 << 10];
    private int[] pairs = new int[1 << 10];
    private int size;

    PairHeap(Ties ties) {
        this.ties = ties;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// The count of the first entry.
    long count() {
        return counts[0];
    }

    /// The pair of the first entry.
    int pair() {
        return pairs[0];
    }

    void push(long count, int pair) {
        if (size == counts.length) {
            counts = Arrays.copyOf(counts, 2 * size);
            pairs = Arrays.copyOf(pairs, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(count, pair, parent)) {
                break;
            }
            counts[at] = counts[parent];
            pairs[at] = pairs[parent];
            at = parent;
        }
        counts[at] = count;
        pairs[at] = pair;
    }

    /// Removes the first entry.
    void pop() {
        size--;
        long count = counts[size];
        int pair = pairs[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && before(counts[child + 1], pairs[child + 1], child)) {
                child++;
            }
            if (before(count, pair, child)) {
                break;
            }
            counts[at] = counts[child];
            pairs[at] = pairs[child];
            at = child;
        }
        counts[at] = count;
        pairs[at] = pair;
    }

    private boolean before(long count, int pair, int at) {
        return count != counts[at] ? count > counts[at] : ties.compare(pair, pairs[at]) < 0;
    }
}
