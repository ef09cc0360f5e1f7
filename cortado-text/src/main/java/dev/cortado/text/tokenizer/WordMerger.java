package dev.cortado.text.tokenizer;

import dev.cortado.text.tokenizer.model.PairIndex;
import java.util.Arrays;

/// Joins the pairs of one word in the order of their ranks. Holds the working memory of one encoding call, so that a
/// word costs no allocation.
///
/// The symbols form a linked list over the word's positions; a heap holds `rank · 2³² + position of the left symbol`
/// of every pair that can be joined, so its least entry is the next merge: lowest rank first, leftmost of equals. An
/// entry whose pair has changed meanwhile is recognised when it comes up, and dropped.
final class WordMerger {
    private static final int DEAD = -1; // the symbol was joined to the one on its left
    private static final int NONE = -1;

    private final PairIndex ranks;
    private final int[] merged;
    private int[] symbol = new int[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    private long[] heap = new long[64];
    private int heapSize;

    WordMerger(PairIndex ranks, int[] merged) {
        this.ranks = ranks;
        this.merged = merged;
    }

    /// Puts the ids of the word `text[start, end)` into `out` from `at` on, which has room for one id a byte.
    ///
    /// @return how many ids there are
    int merge(byte[] text, int start, int end, int[] byteIds, int[] out, int at) {
        int length = end - start;
        if (length == 1) {
            out[at] = byteIds[text[start] & 0xFF];
            return 1;
        }
        prepare(length);
        for (int i = 0; i < length; i++) {
            symbol[i] = byteIds[text[start + i] & 0xFF];
            next[i] = i + 1 < length ? i + 1 : NONE;
            previous[i] = i - 1;
        }
        for (int i = 0; i + 1 < length; i++) {
            offer(i);
        }
        while (heapSize > 0) {
            long least = poll();
            int left = (int) least;
            int rank = (int) (least >>> 32);
            if (symbol[left] == DEAD || next[left] == NONE || rankAt(left) != rank) {
                continue;
            }
            int right = next[left];
            symbol[left] = merged[rank];
            symbol[right] = DEAD;
            next[left] = next[right];
            if (next[left] != NONE) {
                previous[next[left]] = left;
                offer(left);
            }
            if (previous[left] != NONE) {
                offer(previous[left]);
            }
        }
        int count = 0;
        for (int i = 0; i != NONE; i = next[i]) {
            out[at + count++] = symbol[i];
        }
        return count;
    }

    private int rankAt(int left) {
        return ranks.find(PairIndex.pair(symbol[left], symbol[next[left]]));
    }

    private void prepare(int length) {
        if (symbol.length < length) {
            int room = Math.max(length, 2 * symbol.length);
            symbol = new int[room];
            next = new int[room];
            previous = new int[room];
        }
        heapSize = 0;
    }

    private void offer(int left) {
        int rank = rankAt(left);
        if (rank == PairIndex.ABSENT) {
            return;
        }
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heap.length);
        }
        long entry = (long) rank << 32 | left;
        int at = heapSize++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (heap[parent] <= entry) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = entry;
    }

    private long poll() {
        long least = heap[0];
        long moved = heap[--heapSize];
        int at = 0;
        for (int child = 1; child < heapSize; child = 2 * at + 1) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (moved <= heap[child]) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
        return least;
    }
}
