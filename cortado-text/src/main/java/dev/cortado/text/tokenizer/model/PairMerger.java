package dev.cortado.text.tokenizer.model;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Joins the pairs of one word in the order of their ranks, the leftmost of equals first. Holds the working memory,
/// so that a word costs no allocation; for one thread.
///
/// Short words are searched for their next pair again and again. In longer ones the symbols form a linked list over
/// their places, and a heap holds `rank · 2³² + place of the left symbol` of every pair that can be joined, so its
/// least entry is the next merge; an entry whose pair has changed meanwhile is recognised when it comes up, and
/// dropped: O(n log n) for n symbols.
final class PairMerger {
    private static final int SHORT = 24;
    private static final int NONE = -1;
    private static final int DEAD = -2; // the symbol was joined to the one on its left
    private static final int UNRANKED = Integer.MAX_VALUE;

    private final PairIndex ranks;
    private final int[] merged; // by rank
    private int[] symbol = new int[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    private long[] heap = new long[64];
    private int heapSize;

    /// @param ranks  the rank of each pair
    /// @param merged by rank: the symbol a merge makes
    PairMerger(PairIndex ranks, int[] merged) {
        this.ranks = ranks;
        this.merged = merged;
    }

    /// A merger of the same pairs for another thread.
    PairMerger another() {
        return new PairMerger(ranks, merged);
    }

    /// Room for a word of `count` symbols, to be filled in before [#merge].
    int[] symbols(int count) {
        if (symbol.length < count) {
            int room = Math.max(count, 2 * symbol.length);
            symbol = new int[room];
            next = new int[room];
            previous = new int[room];
        }
        return symbol;
    }

    /// The symbol at a place.
    int symbol(int place) {
        return symbol[place];
    }

    /// The place after a symbol that is left: where the next one stands, `count` after the last.
    int after(int place) {
        return next[place];
    }

    /// Merges the first `count` symbols. What is left begins at place 0 and goes on at [#after].
    void merge(int count) {
        if (count == 0) {
            return; // no character of the word is known
        }
        if (count <= SHORT) {
            mergeShort(count);
        } else {
            mergeLong(count, 0, null);
        }
    }

    /// The same with every merge left out with some probability each time it comes up (Provilkov et al. 2020,
    /// arXiv:1910.13267).
    void mergeRandomly(int count, double dropout, RandomGenerator random) {
        mergeLong(count, dropout, random);
    }

    /// While merging, `previous[i]` is the rank of the symbol at `i` with the next one: links are few and ranks
    /// are looked at all the time.
    private void mergeShort(int count) {
        int[] rank = previous;
        for (int i = 0; i + 1 < count; i++) {
            next[i] = i + 1;
            rank[i] = rank(symbol[i], symbol[i + 1]);
        }
        rank[count - 1] = UNRANKED;
        next[count - 1] = count;
        while (true) {
            int best = UNRANKED;
            int at = NONE;
            int before = NONE;
            int last = NONE;
            for (int i = 0; i < count; last = i, i = next[i]) {
                if (rank[i] < best) {
                    best = rank[i];
                    at = i;
                    before = last;
                }
            }
            if (at == NONE) {
                return;
            }
            symbol[at] = merged[best];
            next[at] = next[next[at]];
            rank[at] = next[at] == count ? UNRANKED : rank(symbol[at], symbol[next[at]]);
            if (before != NONE) {
                rank[before] = rank(symbol[before], symbol[at]);
            }
        }
    }

    private int rank(int left, int right) {
        int rank = ranks.find(PairIndex.pair(left, right));
        return rank == PairIndex.ABSENT ? UNRANKED : rank;
    }

    private void mergeLong(int count, double dropout, @Nullable RandomGenerator random) {
        heapSize = 0;
        for (int i = 0; i < count; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        for (int i = 0; i + 1 < count; i++) {
            offer(i, count);
        }
        long[] leftOut = new long[0];
        int leftOutSize = 0;
        while (heapSize > 0) {
            long least = poll();
            if (random != null && random.nextDouble() < dropout) {
                if (leftOutSize == leftOut.length) {
                    leftOut = Arrays.copyOf(leftOut, Math.max(16, 2 * leftOutSize));
                }
                leftOut[leftOutSize++] = least;
                continue;
            }
            while (leftOutSize > 0) { // what was left out gets another chance after each merge
                push(leftOut[--leftOutSize]);
            }
            int left = (int) least;
            int rank = (int) (least >>> 32);
            if (symbol[left] == DEAD || next[left] == count || rank(symbol[left], symbol[next[left]]) != rank) {
                continue;
            }
            int right = next[left];
            symbol[left] = merged[rank];
            symbol[right] = DEAD;
            next[left] = next[right];
            if (next[left] != count) {
                previous[next[left]] = left;
                offer(left, count);
            }
            if (previous[left] != NONE) {
                offer(previous[left], count);
            }
        }
    }

    private void offer(int left, int count) {
        int rank = next[left] == count ? UNRANKED : rank(symbol[left], symbol[next[left]]);
        if (rank != UNRANKED) {
            push((long) rank << 32 | left);
        }
    }

    private void push(long entry) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heap.length);
        }
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
