package dev.cortado.text.tokenizer.train;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// A unigram vocabulary while it is learned: strings that occur in the segments, in the order of their symbols, each
/// with
/// the logarithm of its probability.
///
/// @param at      where in the segments' symbols an occurrence begins
/// @param lengths symbols in each
/// @param scores  logarithms of probabilities
@SuppressWarnings("ArrayRecordComponent") // never compared, and too large to copy
record Pieces(int[] at, int[] lengths, double[] scores) {
    int size() {
        return at.length;
    }

    /// The least score.
    double leastScore() {
        return Arrays.stream(scores).min().orElse(0);
    }

    /// Some of the pieces, with new scores.
    ///
    /// @param kept     their indices, ascending
    /// @param rescored by index of today
    Pieces only(int[] kept, double[] rescored) {
        return new Pieces(
                Arrays.stream(kept).map(p -> at[p]).toArray(),
                Arrays.stream(kept).map(p -> lengths[p]).toArray(),
                Arrays.stream(kept).mapToDouble(p -> rescored[p]).toArray());
    }

    /// Collects pieces.
    static final class Builder {
        private int[] places = new int[1 << 10];
        private int[] at = new int[1 << 10];
        private int[] lengths = new int[1 << 10];
        private long[] weights = new long[1 << 10];
        private int size;

        /// @param place where the piece sorts; of two at one place the shorter comes first
        void add(int place, int position, int length, long weight) {
            if (size == places.length) {
                places = Arrays.copyOf(places, 2 * size);
                at = Arrays.copyOf(at, 2 * size);
                lengths = Arrays.copyOf(lengths, 2 * size);
                weights = Arrays.copyOf(weights, 2 * size);
            }
            places[size] = place;
            at[size] = position;
            lengths[size] = length;
            weights[size++] = weight;
        }

        /// Pieces of one symbol, and of the others those of the greatest weight up to a number; of equal weight the
        /// first.
        Pieces best(int most) {
            int[] sorted = IntStream.range(0, size)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingInt(i -> places[i]).thenComparingInt(i -> lengths[i]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            long[] long1 = Arrays.stream(sorted)
                    .filter(i -> lengths[i] > 1)
                    .mapToLong(i -> weights[i])
                    .sorted()
                    .toArray();
            long least = long1.length <= most ? 0 : long1[long1.length - most];
            long above = Arrays.stream(long1).filter(weight -> weight > least).count();
            int[] kept = new int[size];
            int count = 0;
            long sum = 0;
            long ties = most - above;
            for (int i : sorted) {
                boolean tie = lengths[i] > 1 && weights[i] == least;
                if (lengths[i] == 1 || weights[i] > least || (tie && ties-- > 0)) {
                    kept[count++] = i;
                    sum += weights[i];
                }
            }
            double log = Math.log((double) sum);
            int[] those = Arrays.copyOf(kept, count);
            return new Pieces(
                    Arrays.stream(those).map(i -> at[i]).toArray(),
                    Arrays.stream(those).map(i -> lengths[i]).toArray(),
                    Arrays.stream(those)
                            .mapToDouble(i -> Math.log((double) weights[i]) - log)
                            .toArray());
        }
    }
}
