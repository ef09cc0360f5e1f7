package dev.cortado.testkit;

import java.util.Arrays;

/// Multi-head attention in plain loops, between two texts or within one (Vaswani et al. 2017, arXiv:1706.03762,
/// section 3.2).
///
/// @param heads  H
/// @param scale  of the products of queries and keys
/// @param causal whether query t sees the keys s ≤ t alone
/// @param bias   added to scores
record NaiveHeads(int heads, double scale, boolean causal, Bias bias) {
    /// What is added to the score of a key for a query.
    @FunctionalInterface
    interface Bias {
        double of(int head, int query, int key);
    }

    /// Scores scaled by 1/√C, nothing added.
    static NaiveHeads scaled(int heads, int channels, boolean causal) {
        return new NaiveHeads(heads, 1 / Math.sqrt(channels), causal, (_, _, _) -> 0);
    }

    /// q [T, H·C], k and v [S, H·C] → [T, H·C].
    double[][] attend(double[][] q, double[][] k, double[][] v) {
        int channels = q[0].length / heads;
        double[][] mixed = new double[q.length][q[0].length];
        for (int h = 0; h < heads; h++) {
            int from = h * channels;
            int to = from + channels;
            for (int t = 0; t < q.length; t++) {
                double[] query = Arrays.copyOfRange(q[t], from, to);
                double[] scores = new double[causal ? t + 1 : k.length];
                for (int s = 0; s < scores.length; s++) {
                    scores[s] = Naive.dot(query, Arrays.copyOfRange(k[s], from, to)) * scale + bias.of(h, t, s);
                }
                double[] shares = Naive.softmax(scores);
                for (int s = 0; s < shares.length; s++) {
                    for (int c = from; c < to; c++) {
                        mixed[t][c] += shares[s] * v[s][c];
                    }
                }
            }
        }
        return mixed;
    }
}
