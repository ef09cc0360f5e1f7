package dev.cortado.text.tokenizer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// All segmentations of one word: positions `0 … length` joined by arcs, each a piece that spells what lies between two
/// of them. What the Viterbi search of [Unigram#tokenize] does not answer is asked here. Probabilities are kept as
/// logarithms; a position that no way leads to has minus infinity.
final class Lattice {
    private final int length;
    // By arc, ascending by start.
    private final int[] starts;
    private final int[] ends;
    private final int[] ids;
    private final double[] scores;
    // The arcs that end at position p are arriving[firstArriving[p] … firstArriving[p + 1] − 1], ascending by start.
    private final int[] firstArriving;
    private final int[] arriving;

    /// One segmentation, by piece.
    static final class Path {
        private final int[] ids;
        private final int[] ends;
        private final double score;

        private Path(int[] ids, int[] ends, double score) {
            this.ids = ids;
            this.ends = ends;
            this.score = score;
        }

        int[] ids() {
            return ids;
        }

        int[] ends() {
            return ends;
        }

        double score() {
            return score;
        }
    }

    /// Collects arcs in ascending order of their starts.
    static final class Builder {
        private final boolean[] reached;
        private int[] starts = new int[64];
        private int[] ends = new int[64];
        private int[] ids = new int[64];
        private double[] scores = new double[64];
        private int size;

        Builder(int length) {
            reached = new boolean[length + 1];
            reached[0] = true;
        }

        /// Adds an arc, unless no way leads to its start.
        void add(int start, int end, int id, double score) {
            if (!reached[start]) {
                return;
            }
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, 2 * size);
                ends = Arrays.copyOf(ends, 2 * size);
                ids = Arrays.copyOf(ids, 2 * size);
                scores = Arrays.copyOf(scores, 2 * size);
            }
            reached[end] = true;
            starts[size] = start;
            ends[size] = end;
            ids[size] = id;
            scores[size++] = score;
        }

        /// The lattice; empty when no way leads to the end of the word.
        Optional<Lattice> build() {
            return reached[reached.length - 1] ? Optional.of(new Lattice(this)) : Optional.empty();
        }
    }

    private Lattice(Builder arcs) {
        length = arcs.reached.length - 1;
        starts = Arrays.copyOf(arcs.starts, arcs.size);
        ends = Arrays.copyOf(arcs.ends, arcs.size);
        ids = Arrays.copyOf(arcs.ids, arcs.size);
        scores = Arrays.copyOf(arcs.scores, arcs.size);
        firstArriving = new int[length + 2];
        for (int end : ends) {
            firstArriving[end + 1]++;
        }
        for (int p = 0; p <= length; p++) {
            firstArriving[p + 1] += firstArriving[p];
        }
        int[] next = Arrays.copyOf(firstArriving, length + 1);
        arriving = new int[arcs.size];
        for (int arc = 0; arc < arcs.size; arc++) {
            arriving[next[ends[arc]]++] = arc;
        }
    }

    /// The best ways to a position, the best first: each is the `rank`-th best way to the start of `arc`, then `arc`.
    private static final class Ways {
        static final Ways NONE = new Ways(new double[0], new int[0], new int[0], 0);
        /// The one way to where the word begins.
        static final Ways BEGINNING = new Ways(new double[1], new int[1], new int[1], 1);

        private final double[] score;
        private final int[] arc;
        private final int[] rank;
        private final int count;

        private Ways(double[] score, int[] arc, int[] rank, int count) {
            this.score = score;
            this.arc = arc;
            this.rank = rank;
            this.count = count;
        }

        /// The `n` best of these and of the ways to the start of an arc that go on with it; of equals, these.
        Ways merge(Ways before, int newArc, double arcScore, int n) {
            int size = (int) Math.min(n, (long) count + before.count);
            double[] newScore = new double[size];
            int[] newArcs = new int[size];
            int[] newRank = new int[size];
            int mine = 0;
            int other = 0;
            for (int i = 0; i < size; i++) {
                double candidate = other < before.count ? arcScore + before.score[other] : 0;
                if (other == before.count || (mine < count && score[mine] >= candidate)) {
                    newScore[i] = score[mine];
                    newArcs[i] = arc[mine];
                    newRank[i] = rank[mine++];
                } else {
                    newScore[i] = candidate;
                    newArcs[i] = newArc;
                    newRank[i] = other++;
                }
            }
            return new Ways(newScore, newArcs, newRank, size);
        }
    }

    /// The `n` best segmentations or all, the best first; of equals those with an earlier start of the last piece.
    List<Path> best(int n) {
        Ways[] ways = new Ways[length + 1];
        Arrays.fill(ways, Ways.NONE);
        ways[0] = Ways.BEGINNING;
        for (int arc = 0; arc < starts.length; arc++) { // all ways to its start are known: their arcs came before
            ways[ends[arc]] = ways[ends[arc]].merge(ways[starts[arc]], arc, scores[arc], n);
        }
        var paths = new ArrayList<Path>();
        for (int first = 0; first < ways[length].count; first++) {
            int[] back = new int[length];
            int size = 0;
            int rank = first;
            for (int end = length; end > 0; end = starts[back[size++]]) {
                back[size] = ways[end].arc[rank];
                rank = ways[end].rank[rank];
            }
            paths.add(path(back, size, ways[length].score[first]));
        }
        return paths;
    }

    /// A segmentation drawn with probability proportional to its own to the power of `alpha`.
    Path sample(double alpha, RandomGenerator random) {
        double[] before = forward(alpha);
        int[] back = new int[length];
        int size = 0;
        double score = 0;
        for (int end = length; end > 0; end = starts[back[size++]]) {
            double left = random.nextDouble();
            int i = firstArriving[end];
            for (; i < firstArriving[end + 1] - 1; i++) { // rounding leaves the last arc what is missing to one
                int arc = arriving[i];
                left -= Math.exp(before[starts[arc]] + alpha * scores[arc] - before[end]);
                if (left < 0) {
                    break;
                }
            }
            back[size] = arriving[i];
            score += scores[arriving[i]];
        }
        return path(back, size, score);
    }

    /// Adds to `counts`, by id, `weight` times how often each piece is expected to be used (forward–backward).
    ///
    /// @return `weight` times the logarithm of the sum of the probabilities of all segmentations
    double expectedCounts(double weight, double[] counts) {
        double[] before = forward(1);
        double[] after = backward();
        double all = before[length];
        for (int arc = 0; arc < starts.length; arc++) {
            counts[ids[arc]] += weight * Math.exp(before[starts[arc]] + scores[arc] + after[ends[arc]] - all);
        }
        return weight * all;
    }

    /// By position: logarithm of the sum, over all ways there, of their probabilities to the power of `alpha`.
    private double[] forward(double alpha) {
        double[] sums = new double[length + 1];
        for (int p = 1; p <= length; p++) {
            double most = Double.NEGATIVE_INFINITY;
            for (int i = firstArriving[p]; i < firstArriving[p + 1]; i++) {
                most = Math.max(most, sums[starts[arriving[i]]] + alpha * scores[arriving[i]]);
            }
            double sum = 0;
            for (int i = firstArriving[p]; i < firstArriving[p + 1]; i++) {
                sum += Math.exp(sums[starts[arriving[i]]] + alpha * scores[arriving[i]] - most);
            }
            sums[p] = most + Math.log(sum); // minus infinity when no arc arrives
        }
        return sums;
    }

    /// By position: logarithm of the sum, over all ways from there to the end, of their probabilities.
    private double[] backward() {
        double[] sums = new double[length + 1];
        Arrays.fill(sums, 0, length, Double.NEGATIVE_INFINITY);
        for (int last = starts.length - 1, first; last >= 0; last = first - 1) { // arcs first … last have one start
            double most = Double.NEGATIVE_INFINITY;
            for (first = last; first >= 0 && starts[first] == starts[last]; first--) {
                most = Math.max(most, scores[first] + sums[ends[first]]);
            }
            first++;
            if (most > Double.NEGATIVE_INFINITY) { // else a dead end
                double sum = 0;
                for (int arc = first; arc <= last; arc++) {
                    sum += Math.exp(scores[arc] + sums[ends[arc]] - most);
                }
                sums[starts[last]] = most + Math.log(sum);
            }
        }
        return sums;
    }

    /// The path of some arcs given from the last to the first.
    private Path path(int[] back, int size, double score) {
        int[] pathIds = new int[size];
        int[] pathEnds = new int[size];
        for (int i = 0; i < size; i++) {
            int arc = back[size - 1 - i];
            pathIds[i] = ids[arc];
            pathEnds[i] = ends[arc];
        }
        return new Path(pathIds, pathEnds, score);
    }
}
