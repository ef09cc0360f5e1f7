package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/// Layers of the GPT family in plain loops, for one text of T tokens, over the parameters of a model.
///
/// @param weights by Hugging Face's names: matrices as rows [out, in] (in GPT-2's layers [in, out]), vectors as one
///                row
record NaiveLayers(Map<String, double[][]> weights) {
    /// What attention makes of the product of a query and a key, before the softmax.
    @FunctionalInterface
    interface Score {
        double of(int head, int query, int key, double product);
    }

    /// Whether there is such a parameter.
    boolean has(String name) {
        return weights.containsKey(name);
    }

    double[][] weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    /// The rows of a table with these numbers.
    double[][] rows(String name, int[] numbers) {
        double[][] table = weight(name + ".weight");
        double[][] rows = new double[numbers.length][];
        Arrays.setAll(rows, t -> table[numbers[t]]);
        return rows;
    }

    /// x·Wᵀ + b, without b where there is none.
    double[][] linear(double[][] x, String name) {
        return biased(Naive.linear(x, weight(name + ".weight")), name);
    }

    /// x·W + b with W [in, out].
    double[][] conv1d(double[][] x, String name) {
        return biased(Naive.linear(x, transposed(weight(name + ".weight"))), name);
    }

    private double[][] biased(double[][] y, String name) {
        if (has(name + ".bias")) {
            double[] bias = weight(name + ".bias")[0];
            for (double[] row : y) {
                Arrays.setAll(row, i -> row[i] + bias[i]);
            }
        }
        return y;
    }

    /// (x − mean)/√(variance + ε)·weight + bias for each token (Ba et al. 2016, arXiv:1607.06450, equation 4);
    /// without weight and bias where there are none.
    double[][] norm(double[][] x, String name, double epsilon) {
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double mean = Arrays.stream(x[t]).average().orElseThrow();
            double variance = Arrays.stream(x[t])
                    .map(v -> (v - mean) * (v - mean))
                    .average()
                    .orElseThrow();
            y[t] = Arrays.stream(x[t])
                    .map(v -> (v - mean) / Math.sqrt(variance + epsilon))
                    .toArray();
            if (has(name + ".weight")) {
                for (int i = 0; i < y[t].length; i++) {
                    y[t][i] = y[t][i] * weight(name + ".weight")[0][i] + weight(name + ".bias")[0][i];
                }
            }
        }
        return y;
    }

    /// Multi-head attention to all earlier tokens and the token itself (Vaswani et al. 2017, arXiv:1706.03762,
    /// equation 1). q, k and v [T, H·C] → [T, H·C].
    static double[][] attention(double[][] q, double[][] k, double[][] v, int heads, Score score) {
        int channels = q[0].length / heads;
        double[][] mixed = new double[q.length][q[0].length];
        for (int h = 0; h < heads; h++) {
            for (int t = 0; t < q.length; t++) {
                double[] scores = new double[t + 1];
                for (int s = 0; s <= t; s++) {
                    scores[s] = score.of(h, t, s, Naive.dot(head(q[t], h, channels), head(k[s], h, channels)));
                }
                double[] shares = Naive.softmax(scores);
                for (int c = h * channels; c < (h + 1) * channels; c++) {
                    for (int s = 0; s <= t; s++) {
                        mixed[t][c] += shares[s] * v[s][c];
                    }
                }
            }
        }
        return mixed;
    }

    /// The channels of one head.
    static double[] head(double[] all, int head, int channels) {
        return Arrays.copyOfRange(all, head * channels, (head + 1) * channels);
    }

    /// Columns `from` to `to` of each row.
    static double[][] columns(double[][] x, int from, int to) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Arrays.copyOfRange(x[t], from, to));
        return y;
    }

    /// Of rows that hold query, key and value of the first head, then of the second, …: all queries (`which` 0),
    /// keys (1) or values (2). [T, H·3·C] → [T, H·C].
    static double[][] perHead(double[][] joined, int heads, int which) {
        int channels = joined[0].length / heads / 3;
        double[][] y = new double[joined.length][heads * channels];
        for (int t = 0; t < y.length; t++) {
            for (int h = 0; h < heads; h++) {
                System.arraycopy(joined[t], (3 * h + which) * channels, y[t], h * channels, channels);
            }
        }
        return y;
    }

    /// A function of each number.
    static double[][] each(double[][] x, DoubleUnaryOperator function) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Arrays.stream(x[t]).map(function).toArray());
        return y;
    }

    private static double[][] transposed(double[][] matrix) {
        double[][] turned = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < turned.length; j++) {
                turned[j][i] = matrix[i][j];
            }
        }
        return turned;
    }
}
