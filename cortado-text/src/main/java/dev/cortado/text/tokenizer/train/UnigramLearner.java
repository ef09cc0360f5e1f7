package dev.cortado.text.tokenizer.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// The unigram language model of pieces (Kudo 2018, arXiv:1804.10959, section 3.2) as SentencePiece learns it: from
/// many
/// pieces, expectation–maximisation fits their probabilities, the pieces whose loss costs the least likelihood go, and
/// so
/// on until few enough are left.
///
/// Work is divided into a fixed number of lanes, whose results are added in order: the result does not depend on
/// threads.
final class UnigramLearner {
    /// Lanes of segments; each needs one number for each piece.
    private static final int LANES = 16;

    /// Pieces expected to occur less often go.
    private static final double LEAST_EXPECTED = 0.5;

    private final Segments segments;
    private final ExecutorService pool;
    private final Progress progress;
    private int passes;

    UnigramLearner(Segments segments, ExecutorService pool, Progress progress) {
        this.segments = segments;
        this.pool = pool;
        this.progress = progress;
    }

    /// Fits and prunes until at most `wanted` pieces are left, which may be none.
    ///
    /// @param shrink        the part of the pieces that pruning keeps
    /// @param subIterations steps of expectation–maximisation before each pruning
    Pieces learn(Pieces seeds, int wanted, double shrink, int subIterations) {
        Pieces pieces = seeds;
        while (true) {
            for (int i = 0; i < subIterations; i++) {
                pieces = maximize(pieces, expect(pieces).counts());
            }
            if (pieces.size() <= wanted) {
                return pieces;
            }
            int before = pieces.size();
            pieces = prune(pieces, Math.max(wanted, (int) (shrink * before)));
            if (pieces.size() >= before) {
                return pieces; // all that is left has no alternative
            }
        }
    }

    /// What the E-step finds.
    ///
    /// @param counts        how often each piece is expected to occur
    /// @param logLikelihood of all segments
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Expectation(double[] counts, double logLikelihood) {}

    /// The E-step: expected counts by the forward–backward algorithm.
    Expectation expect(Pieces pieces) {
        var trie = new SymbolTrie(pieces, segments);
        List<Expectation> lanes = inLanes(segments.symbols.length, (from, to) -> {
            var lattice = new PieceLattice(trie, pieces);
            double[] counts = new double[pieces.size()];
            double sum = 0;
            for (int s = segmentAt(from); s < segmentAt(to); s++) {
                lattice.set(segments.symbols, segments.starts[s], segments.starts[s + 1]);
                double times = segments.counts[s];
                sum += times * lattice.expect(times, counts);
            }
            return new Expectation(counts, sum);
        });
        double[] counts = new double[pieces.size()];
        double sum = 0;
        for (Expectation lane : lanes) {
            Arrays.setAll(counts, p -> counts[p] + lane.counts[p]);
            sum += lane.logLikelihood;
        }
        return new Expectation(counts, sum);
    }

    /// The M-step, with the sparse prior SentencePiece uses (Liang and Klein 2007, tutorial on structured Bayesian
    /// models): the digamma function in place of the logarithm takes more from rare pieces than from frequent ones.
    static Pieces maximize(Pieces pieces, double[] counts) {
        int[] kept = IntStream.range(0, pieces.size())
                .filter(p -> counts[p] >= LEAST_EXPECTED)
                .toArray();
        double sum = Arrays.stream(kept).mapToDouble(p -> counts[p]).sum();
        double[] scores = new double[pieces.size()];
        for (int p : kept) {
            scores[p] = digamma(counts[p]) - digamma(sum);
        }
        return pieces.only(kept, scores);
    }

    /// Leaves `size` pieces, those whose removal would cost the most likelihood.
    ///
    /// The loss of a piece is approximated: all its occurrences in the best segmentations are replaced by the best
    /// segmentation of the piece itself into others. Pieces that cannot be replaced stay, those that no best
    /// segmentation has go.
    Pieces prune(Pieces pieces, int size) {
        var trie = new SymbolTrie(pieces, segments);
        int[][] alternatives = alternatives(pieces, trie);
        long[] counts = counts(pieces, trie);
        double sum = Arrays.stream(counts).sum();
        double[] losses = new double[pieces.size()];
        List<Integer> candidates = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (int p = 0; p < pieces.size(); p++) {
            int[] alternative = alternatives[p];
            if (alternative.length == 0) {
                kept.add(p);
            } else if (counts[p] > 0) {
                double own = Math.log((double) counts[p]) - Math.log(sum);
                double sumWithout = sum + (double) counts[p] * (alternative.length - 1);
                double others = 0;
                for (int other : alternative) {
                    others += Math.log((double) (counts[other] + counts[p])) - Math.log(sumWithout);
                }
                losses[p] = counts[p] * (own - others);
                candidates.add(p);
            }
        }
        candidates.sort(Comparator.comparingDouble((Integer p) -> losses[p]).reversed());
        kept.addAll(candidates.subList(0, Math.clamp(size - kept.size(), 0, candidates.size())));
        return pieces.only(kept.stream().mapToInt(Integer::intValue).sorted().toArray(), pieces.scores());
    }

    /// For each piece its best segmentation into other pieces; empty when there is none.
    private int[][] alternatives(Pieces pieces, SymbolTrie trie) {
        int[][] alternatives = new int[pieces.size()][];
        inLanes(pieces.size(), (from, to) -> {
            var lattice = new PieceLattice(trie, pieces);
            for (int p = from; p < to; p++) {
                lattice.set(segments.symbols, pieces.at()[p], pieces.at()[p] + pieces.lengths()[p]);
                boolean some = lattice.bestWithout(p) > Double.NEGATIVE_INFINITY;
                alternatives[p] = some ? lattice.path() : new int[0];
            }
            return to;
        });
        return alternatives;
    }

    /// How often each piece occurs in the best segmentations.
    private long[] counts(Pieces pieces, SymbolTrie trie) {
        List<long[]> lanes = inLanes(segments.symbols.length, (from, to) -> {
            var lattice = new PieceLattice(trie, pieces);
            long[] counts = new long[pieces.size()];
            for (int s = segmentAt(from); s < segmentAt(to); s++) {
                lattice.set(segments.symbols, segments.starts[s], segments.starts[s + 1]);
                lattice.best();
                lattice.count(segments.counts[s], counts);
            }
            return counts;
        });
        long[] counts = new long[pieces.size()];
        for (long[] lane : lanes) {
            Arrays.setAll(counts, p -> counts[p] + lane[p]);
        }
        return counts;
    }

    /// The first segment that begins at a position or after it.
    private int segmentAt(int position) {
        int found = Arrays.binarySearch(segments.starts, position);
        return found >= 0 ? found : -found - 1;
    }

    @FunctionalInterface
    private interface Lane<T> {
        T work(int from, int to);
    }

    /// Does the parts of `[0, size)` in threads; results in order.
    private <T> List<T> inLanes(int size, Lane<T> lane) {
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            int from = (int) ((long) size * i / LANES);
            int to = (int) ((long) size * (i + 1) / LANES);
            running.add(pool.submit(() -> lane.work(from, to)));
        }
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> future : running) {
                results.add(future.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while fitting pieces", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("fitting pieces failed", e.getCause());
        }
        progress.at(Progress.Phase.FIT, ++passes, OptionalLong.empty());
        return results;
    }

    /// The derivative of the logarithm of the gamma function, for positive arguments: its asymptotic series at x − ½
    /// (Bernardo 1976 has the recurrence that carries small arguments to where it holds).
    static double digamma(double x) {
        double shift = 0;
        double y = x;
        for (; y < 7; y++) {
            shift -= 1 / y;
        }
        double z = y - 0.5;
        double w = 1 / (z * z);
        return shift + Math.log(z) + w * (1.0 / 24 - w * (7.0 / 960 - w * (31.0 / 8064 - w * (127.0 / 30720))));
    }
}
