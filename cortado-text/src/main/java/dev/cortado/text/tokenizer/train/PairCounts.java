package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.PairIndex;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How often each pair of neighbouring symbols occurs in weighted segments, kept up to date while pairs are merged. All
/// symbols are linked lists in one array, so a merge costs what its occurrences are, however long the words.
///
/// A pair's count is the number of neighbouring positions that hold it, overlapping ones included (`aaa` has two
/// `a a`). The heap may hold outdated entries, but invariantly, for every pair of at least the least count that can
/// still
/// be chosen, one entry at least as great as its count; an outdated entry that comes up is put back with the count of
/// the day.
final class PairCounts {
    /// Compares pairs of equal count: negative when `a` is merged first.
    @FunctionalInterface
    interface Ties {
        int compare(long a, long b);
    }

    private static final int NONE = -1;
    private static final int DEAD = -1; // the symbol was joined to the one on its left
    private static final int[] NOWHERE = {};

    private final int[] symbols; // by position, like the next three
    private final int[] next;
    private final int[] previous;
    private final int[] owners; // segment
    private final long[] frequencies; // by segment
    private final long least;

    private final PairIndex pairs = new PairIndex(1 << 12);
    private long[] keys = new long[1 << 12]; // by pair index, like the next four
    private long[] counts = new long[1 << 12];
    private long[] queued = new long[1 << 12]; // greatest count with which the pair is in the heap; 0: in none
    private int[] @Nullable [] places = new int[1 << 12][]; // of the left symbol; some hold the pair no longer
    private int[] placeCounts = new int[1 << 12];
    private final PairHeap heap;
    private int[] grown = new int[64]; // pairs whose count rose during the current merge
    private int grownCount;
    private int chosen;

    /// Counts the pairs of segments, whose symbols are changed from now on.
    ///
    /// @param least pairs counted less often are never chosen
    PairCounts(Segments segments, long least, Ties ties) {
        symbols = segments.symbols;
        frequencies = segments.counts;
        this.least = least;
        heap = new PairHeap((a, b) -> ties.compare(keys[a], keys[b]));
        next = new int[symbols.length];
        previous = new int[symbols.length];
        owners = new int[symbols.length];
        for (int s = 0; s < segments.size(); s++) {
            int end = segments.starts[s + 1];
            for (int at = segments.starts[s]; at < end; at++) {
                owners[at] = s;
                previous[at] = at == segments.starts[s] ? NONE : at - 1;
                next[at] = at + 1 == end ? NONE : at + 1;
                if (at + 1 < end) {
                    int index = index(symbols[at], symbols[at + 1]);
                    counts[index] += frequencies[s];
                    placeCounts[index]++;
                }
            }
        }
        for (int index = 0; index < pairs.size(); index++) {
            places[index] = new int[placeCounts[index]];
            placeCounts[index] = 0;
            queue(index);
        }
        for (int at = 0; at < symbols.length; at++) {
            if (next[at] != NONE) {
                int index = pairs.find(PairIndex.pair(symbols[at], symbols[at + 1]));
                places[index][placeCounts[index]++] = at;
            }
        }
    }

    /// Chooses the most frequent pair, never one whose places were all merged; false when none is left. A pair that was
    /// chosen but not merged comes again only if its count rises.
    boolean next() {
        while (!heap.isEmpty()) {
            long count = heap.count();
            int index = heap.pair();
            heap.pop();
            if (count < queued[index]) {
                continue; // a greater entry stands for it, or stood and was chosen
            }
            queued[index] = 0;
            if (count == counts[index]) {
                chosen = index;
                return true;
            }
            if (counts[index] == 0) {
                places[index] = NOWHERE;
                placeCounts[index] = 0;
            }
            queue(index);
        }
        return false;
    }

    /// The chosen pair.
    long pair() {
        return keys[chosen];
    }

    /// Replaces the chosen pair by a symbol everywhere, from left to right in each segment.
    void merge(int symbol) {
        int[] where = places[chosen];
        int count = placeCounts[chosen];
        places[chosen] = NOWHERE;
        placeCounts[chosen] = 0;
        grownCount = 0;
        // From left to right, which overlapping occurrences need; places of one merge are in order, those of several
        // merges need not be.
        for (int i = 1; i < count; i++) {
            if (where[i] < where[i - 1]) {
                Arrays.sort(where, 0, count);
                break;
            }
        }
        int left = PairIndex.left(keys[chosen]);
        int right = PairIndex.right(keys[chosen]);
        for (int i = 0; i < count; i++) {
            int at = where[i];
            if (symbols[at] == left && next[at] != NONE && symbols[next[at]] == right) {
                merge(at, left, right, symbol);
            }
        }
        // Counts that fell need no entry: an older, greater one is in the heap.
        for (int i = 0; i < grownCount; i++) {
            queue(grown[i]);
        }
    }

    private void merge(int at, int left, int right, int symbol) {
        int joined = next[at];
        int before = previous[at];
        int after = next[joined];
        long times = frequencies[owners[at]];
        remove(left, right, times);
        if (before != NONE) {
            remove(symbols[before], left, times);
            add(symbols[before], symbol, before, times);
        }
        if (after != NONE) {
            remove(right, symbols[after], times);
            add(symbol, symbols[after], at, times);
            previous[after] = at;
        }
        symbols[at] = symbol;
        symbols[joined] = DEAD;
        next[at] = after;
    }

    private void queue(int index) {
        if (counts[index] >= least && counts[index] > queued[index]) {
            heap.push(counts[index], index);
            queued[index] = counts[index];
        }
    }

    private void remove(int left, int right, long times) {
        counts[pairs.find(PairIndex.pair(left, right))] -= times;
    }

    private void add(int left, int right, int at, long times) {
        int index = index(left, right);
        counts[index] += times;
        if (grownCount == grown.length) {
            grown = Arrays.copyOf(grown, 2 * grownCount);
        }
        if (grownCount == 0 || grown[grownCount - 1] != index) {
            grown[grownCount++] = index;
        }
        int count = placeCounts[index];
        if (places[index] == null || count == places[index].length) {
            places[index] = places[index] == null ? new int[2] : Arrays.copyOf(places[index], Math.max(2, 2 * count));
        }
        places[index][count] = at;
        placeCounts[index] = count + 1;
    }

    private int index(int left, int right) {
        long pair = PairIndex.pair(left, right);
        int index = pairs.add(pair);
        if (index == counts.length) {
            keys = Arrays.copyOf(keys, 2 * index);
            counts = Arrays.copyOf(counts, 2 * index);
            queued = Arrays.copyOf(queued, 2 * index);
            places = Arrays.copyOf(places, 2 * index);
            placeCounts = Arrays.copyOf(placeCounts, 2 * index);
        }
        keys[index] = pair;
        return index;
    }
}
