package dev.cortado.text.tokenizer;

import dev.cortado.text.tokenizer.model.PairIndex;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// How often each pair of neighbouring symbols occurs in a weighted list of words, kept up to date while pairs are
/// merged: a merge touches only the words that hold its pair, and in them only the neighbours.
///
/// A pair's count is the number of neighbouring positions that hold it, overlapping ones included (`aaa` has two
/// `a a`). The heap may hold outdated entries, but invariantly, for every pair that can still be chosen, one entry at
/// least as great as its count; an outdated entry that comes up is put back with the count of the day.
final class PairCounts {
    private record Entry(long count, long pair, int index) implements Comparable<Entry> {
        /// More frequent first, then smaller ids.
        @Override
        public int compareTo(Entry other) {
            int byCount = Long.compare(other.count, count);
            return byCount != 0 ? byCount : Long.compare(pair, other.pair);
        }
    }

    private final List<int[]> words; // symbols; a word's first lengths[w] are valid
    private final int[] lengths;
    private final long[] frequencies;
    private final PairIndex pairs = new PairIndex(1 << 12);
    private long[] keys = new long[1 << 12]; // by pair index, like the next three
    private long[] counts = new long[1 << 12];
    private int[] @Nullable [] places =
            new int[1 << 12][]; // words that held the pair when it was counted; some no longer do
    private int[] placeCounts = new int[1 << 12];
    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private int[] grown = new int[64]; // pairs whose count rose during the current merge
    private int grownCount;
    private Entry top = new Entry(0, 0, 0);

    /// Counts the pairs of some words, whose arrays are changed from now on.
    PairCounts(List<int[]> words, long[] frequencies) {
        this.words = words;
        this.frequencies = frequencies;
        lengths = words.stream().mapToInt(word -> word.length).toArray();
        for (int w = 0; w < lengths.length; w++) {
            int[] word = words.get(w);
            for (int i = 0; i + 1 < word.length; i++) {
                add(word[i], word[i + 1], w);
            }
        }
        grownCount = 0;
        for (int index = 0; index < pairs.size(); index++) {
            queue.add(new Entry(counts[index], keys[index], index));
        }
    }

    /// Chooses the most frequent pair, never one whose places were all merged; false when no pair is left. A pair
    /// that was chosen but not merged comes again only if its count rises.
    boolean next() {
        while (true) {
            Entry entry = queue.poll();
            if (entry == null) {
                return false;
            }
            long count = counts[entry.index];
            if (count == entry.count) {
                top = entry;
                return true;
            }
            if (count > 0) {
                queue.add(new Entry(count, entry.pair, entry.index));
            }
        }
    }

    /// The chosen pair.
    long pair() {
        return top.pair;
    }

    /// How often the chosen pair occurs.
    long count() {
        return top.count;
    }

    /// Replaces the chosen pair by a symbol everywhere, from left to right in each word.
    void merge(int symbol) {
        int[] where = places[top.index];
        int count = placeCounts[top.index];
        places[top.index] = new int[0];
        placeCounts[top.index] = 0;
        grownCount = 0;
        for (int i = 0; i < count; i++) {
            mergeWord(where[i], symbol);
        }
        // Counts that fell need no entry: an older, greater one is in the heap.
        Arrays.sort(grown, 0, grownCount);
        for (int i = 0; i < grownCount; i++) {
            int index = grown[i];
            if ((i == 0 || index != grown[i - 1]) && counts[index] > 0) {
                queue.add(new Entry(counts[index], keys[index], index));
            }
        }
    }

    private void mergeWord(int w, int symbol) {
        int left = PairIndex.left(top.pair);
        int right = PairIndex.right(top.pair);
        int[] word = words.get(w);
        int length = lengths[w];
        int out = 0;
        int i = 0;
        while (i < length) {
            if (word[i] != left || i + 1 == length || word[i + 1] != right) {
                word[out++] = word[i++];
                continue;
            }
            // The list is now: word[0, out), left, right, word[i + 2, length).
            remove(left, right, w);
            if (out > 0) {
                remove(word[out - 1], left, w);
                add(word[out - 1], symbol, w);
            }
            if (i + 2 < length) {
                remove(right, word[i + 2], w);
                add(symbol, word[i + 2], w);
            }
            word[out++] = symbol;
            i += 2;
        }
        lengths[w] = out;
    }

    private void remove(int left, int right, int w) {
        counts[pairs.find(PairIndex.pair(left, right))] -= frequencies[w];
    }

    private void add(int left, int right, int w) {
        long pair = PairIndex.pair(left, right);
        int index = pairs.add(pair);
        if (index == counts.length) {
            keys = Arrays.copyOf(keys, 2 * index);
            counts = Arrays.copyOf(counts, 2 * index);
            places = Arrays.copyOf(places, 2 * index);
            placeCounts = Arrays.copyOf(placeCounts, 2 * index);
        }
        keys[index] = pair;
        counts[index] += frequencies[w];
        if (grownCount == grown.length) {
            grown = Arrays.copyOf(grown, 2 * grownCount);
        }
        grown[grownCount++] = index;
        int count = placeCounts[index];
        if (places[index] == null) {
            places[index] = new int[2];
        } else if (count > 0 && places[index][count - 1] == w) {
            return;
        } else if (count == places[index].length) {
            places[index] = Arrays.copyOf(places[index], Math.max(2, 2 * count));
        }
        places[index][count] = w;
        placeCounts[index] = count + 1;
    }
}
