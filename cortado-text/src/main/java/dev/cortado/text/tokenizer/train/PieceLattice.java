package dev.cortado.text.tokenizer.train;

import java.util.Arrays;

/// All segmentations of a sequence of symbols into pieces: a graph with an edge from position to position for each
/// piece.
/// For one thread, used again and again.
///
/// Where no piece of one symbol begins, an unknown edge over one symbol keeps the graph connected.
final class PieceLattice {
    /// How much less probable something unknown is than the least probable piece, as SentencePiece has it (a
    /// difference of logarithms).
    private static final double UNKNOWN_PENALTY = 10;

    private static final int UNKNOWN = -1;
    private static final int NO_PIECE = -2;

    private final SymbolTrie trie;
    private final double[] scores;
    private final double unknown;
    private int length;
    private int[] first = new int[64]; // first edge from each position; edges are sorted by where they begin
    private int[] ends = new int[256]; // by edge
    private int[] pieces = new int[256];
    private int edges;
    private double[] forward = new double[64]; // log of the summed probability of the ways from the start to a position
    private double[] sums = new double[64];
    private double[] backward = new double[64]; // … from a position to the end
    private int[] bestEdge = new int[64]; // on the best way to a position
    private int[] bestStart = new int[64];

    PieceLattice(SymbolTrie trie, Pieces pieces) {
        this.trie = trie;
        scores = pieces.scores();
        unknown = pieces.leastScore() - UNKNOWN_PENALTY;
    }

    /// Makes the graph of `symbols[from, to)`.
    void set(int[] symbols, int from, int to) {
        length = to - from;
        edges = 0;
        if (first.length < length + 1) {
            int room = Math.max(length + 1, 2 * first.length);
            first = new int[room];
            forward = new double[room];
            sums = new double[room];
            backward = new double[room];
            bestEdge = new int[room];
            bestStart = new int[room];
        }
        for (int start = 0; start < length; start++) {
            first[start] = edges;
            boolean single = false;
            int node = SymbolTrie.ROOT;
            for (int end = start; end < length; end++) {
                node = trie.child(node, symbols[from + end]);
                if (node == SymbolTrie.ABSENT) {
                    break;
                }
                int piece = trie.piece(node);
                if (piece != SymbolTrie.ABSENT) {
                    edge(end + 1, piece);
                    single |= end == start;
                }
            }
            if (!single) {
                edge(start + 1, UNKNOWN);
            }
        }
        first[length] = edges;
    }

    /// Adds to `expected` how often each piece occurs in a segmentation drawn by its probability, times a weight.
    ///
    /// @return logarithm of the probability of the symbols: of all segmentations together
    double expect(double weight, double[] expected) {
        forward();
        double total = forward[length];
        backward[length] = 0;
        for (int start = length - 1; start >= 0; start--) {
            double most = Double.NEGATIVE_INFINITY;
            for (int e = first[start]; e < first[start + 1]; e++) {
                most = Math.max(most, score(e) + backward[ends[e]]);
            }
            double sum = 0;
            double through = forward[start] + most - total;
            for (int e = first[start]; e < first[start + 1]; e++) {
                double share = Math.exp(score(e) + backward[ends[e]] - most);
                sum += share;
                sums[e - first[start]] = share;
            }
            double scale = weight * Math.exp(through);
            for (int e = first[start]; e < first[start + 1]; e++) {
                if (pieces[e] != UNKNOWN) {
                    expected[pieces[e]] += scale * sums[e - first[start]];
                }
            }
            backward[start] = most + Math.log(sum);
        }
        return total;
    }

    /// Sums over all ways, position by position, each sum relative to its greatest term so far.
    private void forward() {
        Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
        Arrays.fill(sums, 0, length + 1, 0);
        forward[0] = 0;
        sums[0] = 1;
        for (int start = 0; start < length; start++) {
            forward[start] += Math.log(sums[start]);
            for (int e = first[start]; e < first[start + 1]; e++) {
                int end = ends[e];
                double way = forward[start] + score(e);
                if (way <= forward[end]) {
                    sums[end] += Math.exp(way - forward[end]);
                } else {
                    sums[end] = sums[end] * Math.exp(forward[end] - way) + 1;
                    forward[end] = way;
                }
            }
        }
        forward[length] += Math.log(sums[length]);
    }

    /// Finds the most probable segmentation (Viterbi).
    ///
    /// @return logarithm of its probability
    double best() {
        return best(NO_PIECE);
    }

    /// As [#best] if a piece, which is all there is, were not in the vocabulary.
    ///
    /// @return logarithm of its probability; negative infinity when there is no other
    double bestWithout(int piece) {
        return best(piece);
    }

    private double best(int without) {
        double[] best = backward;
        Arrays.fill(best, 0, length + 1, Double.NEGATIVE_INFINITY);
        best[0] = 0;
        for (int start = 0; start < length; start++) {
            for (int e = first[start]; e < first[start + 1]; e++) {
                int end = ends[e];
                double way = best[start] + score(e);
                boolean whole = end - start == length && pieces[e] == without;
                if (way > best[end] && !whole) {
                    best[end] = way;
                    bestEdge[end] = e;
                    bestStart[end] = start;
                }
            }
        }
        return best[length];
    }

    /// Adds a number to the count of each piece of the segmentation [#best] found.
    ///
    /// @return whether all of it is known
    boolean count(long times, long[] counts) {
        boolean known = true;
        for (int end = length; end > 0; end = bestStart[end]) {
            int piece = pieces[bestEdge[end]];
            if (piece == UNKNOWN) {
                known = false;
            } else {
                counts[piece] += times;
            }
        }
        return known;
    }

    /// The pieces of the segmentation [#best] found, last first; empty when part of it is unknown.
    int[] path() {
        int[] path = new int[length];
        int size = 0;
        for (int end = length; end > 0; end = bestStart[end]) {
            path[size++] = pieces[bestEdge[end]];
            if (path[size - 1] == UNKNOWN) {
                return new int[0];
            }
        }
        return Arrays.copyOf(path, size);
    }

    private double score(int edge) {
        return pieces[edge] == UNKNOWN ? unknown : scores[pieces[edge]];
    }

    private void edge(int end, int piece) {
        if (edges == ends.length) {
            ends = Arrays.copyOf(ends, 2 * edges);
            pieces = Arrays.copyOf(pieces, 2 * edges);
        }
        ends[edges] = end;
        pieces[edges++] = piece;
    }
}
