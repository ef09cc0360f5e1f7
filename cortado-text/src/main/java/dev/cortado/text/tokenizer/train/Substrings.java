package dev.cortado.text.tokenizer.train;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// The frequent substrings of segments, up to a length: seeds of a unigram vocabulary.
///
/// Positions are sorted by the symbols that follow, by prefix doubling (Manber and Myers 1993) only as far as the
/// length, so that it takes linear time whatever the text; intervals of positions with a common prefix are then the
/// nodes of the suffix tree (Abouelhoda et al. 2004), of which each gives its longest string. A substring that is
/// always followed by the same symbol is thus none of them, unless it is as long as allowed.
final class Substrings {
    private final Segments segments;
    private final int longest;
    private final int[] owners; // segment, by position
    private final int[] order; // positions, sorted
    private final long[] before; // occurrences of the positions that sort before this place in `order`
    private final Pieces.Builder found = new Pieces.Builder();

    private Substrings(Segments segments, int longest) {
        this.segments = segments;
        this.longest = longest;
        owners = new int[segments.symbols.length];
        for (int s = 0; s < segments.size(); s++) {
            Arrays.fill(owners, segments.starts[s], segments.starts[s + 1], s);
        }
        order = sorted();
        before = new long[order.length + 1];
        for (int i = 0; i < order.length; i++) {
            before[i + 1] = before[i] + segments.counts[owners[order[i]]];
        }
    }

    /// The symbols that occur, and the longer substrings that are wanted, in the order of their symbols. Scores are
    /// logarithms of shares of the products of length and occurrences.
    ///
    /// @param longest most symbols of a substring
    /// @param least   fewest occurrences of a longer substring
    /// @param most    how many longer substrings, those with the greatest products, at most
    static Pieces frequent(Segments segments, int longest, long least, int most, Predicate<int[]> wanted) {
        return new Substrings(segments, longest).pieces(least, most, wanted);
    }

    private Pieces pieces(long least, int most, Predicate<int[]> wanted) {
        int[] depths = new int[longest + 2]; // a stack of intervals: common prefix, first place in `order`
        int[] firsts = new int[longest + 2];
        int open = 0;
        for (int place = 0; place < order.length; place++) {
            int common = place == 0 ? 0 : common(order[place - 1], order[place]);
            int first = place;
            while (open > 0 && depths[open - 1] > common) {
                open--;
                first = firsts[open];
                offer(first, place, depths[open], least, wanted);
            }
            if (common > 0 && (open == 0 || depths[open - 1] < common)) {
                depths[open] = common;
                firsts[open++] = first;
            }
            if (common == 0) {
                single(place);
            }
            int whole = Math.min(longest, rest(order[place]));
            if (open == 0 || depths[open - 1] < whole) {
                depths[open] = whole;
                firsts[open++] = place;
            }
        }
        while (open > 0) {
            open--;
            offer(firsts[open], order.length, depths[open], least, wanted);
        }
        return found.best(most);
    }

    private void offer(int first, int end, int length, long least, Predicate<int[]> wanted) {
        long count = before[end] - before[first];
        if (length < 2 || count < least) {
            return;
        }
        int at = order[first];
        if (wanted.test(Arrays.copyOfRange(segments.symbols, at, at + length))) {
            found.add(first, at, length, count * length);
        }
    }

    /// The symbol whose occurrences begin at a place.
    private void single(int place) {
        int symbol = segments.symbols[order[place]];
        int end = place + 1;
        while (end < order.length && segments.symbols[order[end]] == symbol) {
            end++;
        }
        found.add(place, order[place], 1, before[end] - before[place]);
    }

    private int rest(int at) {
        return segments.starts[owners[at] + 1] - at;
    }

    private int common(int a, int b) {
        int most = Math.min(longest, Math.min(rest(a), rest(b)));
        int length = 0;
        while (length < most && segments.symbols[a + length] == segments.symbols[b + length]) {
            length++;
        }
        return length;
    }

    /// Positions by the symbols that follow, at least `longest` of them; the end of a segment comes before all symbols.
    private int[] sorted() {
        int n = segments.symbols.length;
        int[] ranks = new int[n]; // by position; equal where as many symbols as compared are
        int greatest = 0;
        for (int i = 0; i < n; i++) {
            ranks[i] = segments.symbols[i];
            greatest = Math.max(greatest, ranks[i]);
        }
        int[] sorted = new int[n];
        countingSort(IntStream.range(0, n).toArray(), ranks, greatest, sorted);
        int[] bySecond = new int[n];
        int[] next = new int[n];
        for (int compared = 1; compared < longest; compared *= 2) {
            int at = 0;
            for (int i = 0; i < n; i++) {
                if (rest(i) <= compared) {
                    bySecond[at++] = i;
                }
            }
            for (int position : sorted) {
                if (position >= compared && owners[position - compared] == owners[position]) {
                    bySecond[at++] = position - compared;
                }
            }
            countingSort(bySecond, ranks, greatest, sorted);
            int rank = 0;
            for (int i = 0; i < n; i++) {
                if (i > 0 && !same(sorted[i - 1], sorted[i], compared, ranks)) {
                    rank++;
                }
                next[sorted[i]] = rank;
            }
            int[] swapped = ranks;
            ranks = next;
            next = swapped;
            greatest = rank;
        }
        return sorted;
    }

    private boolean same(int a, int b, int compared, int[] ranks) {
        int second = rest(a) <= compared ? -1 : ranks[a + compared];
        return ranks[a] == ranks[b] && second == (rest(b) <= compared ? -1 : ranks[b + compared]);
    }

    private static void countingSort(int[] positions, int[] keys, int greatest, int[] sorted) {
        int[] places = new int[greatest + 2];
        for (int position : positions) {
            places[keys[position] + 1]++;
        }
        for (int i = 0; i <= greatest; i++) {
            places[i + 1] += places[i];
        }
        for (int position : positions) {
            sorted[places[keys[position]]++] = position;
        }
    }
}
