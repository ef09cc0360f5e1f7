package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/// The formulas of post-norm encoders in plain loops over `double`, for one text: what [NaiveBert] and
/// [NaiveDistilBert] have in common.
///
/// @param heads      of attention
/// @param epsilon    of all norms
/// @param activation of the feed-forward layers
/// @param weights    by Hugging Face's names: matrices as rows [out, in], vectors as one row
public record NaiveEncoder(int heads, double epsilon, DoubleUnaryOperator activation, Map<String, double[][]> weights) {
    /// Where the parameters of a block are.
    public record BlockNames(
            String query,
            String key,
            String value,
            String output,
            String attentionNorm,
            String up,
            String down,
            String feedForwardNorm) {}

    /// norm(x + attention(x)), then norm(x + W₂·activation(W₁x)) (Vaswani et al. 2017, arXiv:1706.03762). x [T,
    /// D].
    public double[][] block(double[][] x, BlockNames names) {
        double[][] mixed = attention(affine(x, names.query()), affine(x, names.key()), affine(x, names.value()));
        double[][] attended = norm(Naive.add(x, affine(mixed, names.output())), names.attentionNorm());
        double[][] fed = affine(activated(affine(attended, names.up()), activation), names.down());
        return norm(Naive.add(attended, fed), names.feedForwardNorm());
    }

    /// Every token looks at every token: softmax(qkᵀ/√C)·v in each head. All [T, H·C].
    private double[][] attention(double[][] q, double[][] k, double[][] v) {
        int channels = q[0].length / heads;
        double[][] mixed = new double[q.length][q[0].length];
        for (int h = 0; h < heads; h++) {
            int from = h * channels;
            for (int t = 0; t < q.length; t++) {
                double[] scores = new double[k.length];
                for (int s = 0; s < k.length; s++) {
                    for (int c = from; c < from + channels; c++) {
                        scores[s] += q[t][c] * k[s][c] / Math.sqrt(channels);
                    }
                }
                double[] shares = Naive.softmax(scores);
                for (int s = 0; s < v.length; s++) {
                    for (int c = from; c < from + channels; c++) {
                        mixed[t][c] += shares[s] * v[s][c];
                    }
                }
            }
        }
        return mixed;
    }

    /// xWᵀ + b.
    public double[][] affine(double[][] x, String name) {
        return plus(Naive.linear(x, weight(name + ".weight")), weight(name + ".bias")[0]);
    }

    /// Each row with a vector added.
    public static double[][] plus(double[][] x, double[] bias) {
        double[][] rows = new double[x.length][];
        Arrays.fill(rows, bias);
        return Naive.add(x, rows);
    }

    /// (x − mean)/√(variance + ε)·w + b for each token (Ba et al. 2016, arXiv:1607.06450).
    public double[][] norm(double[][] x, String name) {
        double[] w = weight(name + ".weight")[0];
        double[] b = weight(name + ".bias")[0];
        double[][] y = new double[x.length][w.length];
        for (int t = 0; t < x.length; t++) {
            double mean = Arrays.stream(x[t]).average().orElseThrow();
            double variance = Arrays.stream(x[t])
                    .map(v -> (v - mean) * (v - mean))
                    .average()
                    .orElseThrow();
            for (int i = 0; i < w.length; i++) {
                y[t][i] = (x[t][i] - mean) / Math.sqrt(variance + epsilon) * w[i] + b[i];
            }
        }
        return y;
    }

    /// A function of every element.
    public static double[][] activated(double[][] x, DoubleUnaryOperator function) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Arrays.stream(x[t]).map(function).toArray());
        return y;
    }

    /// decoder(norm(function(dense·h))), as [T, V]: the head of a masked language model.
    public double[][] words(
            double[][] hidden, String dense, DoubleUnaryOperator function, String norm, String table, String bias) {
        double[][] transformed = norm(activated(affine(hidden, dense), function), norm);
        return plus(Naive.linear(transformed, weight(table)), weight(bias)[0]);
    }

    /// function(dense·h₀), then classes: [1, L].
    public double[][] text(double[][] hidden, String dense, DoubleUnaryOperator function, String classes) {
        return affine(pooled(hidden, dense, function), classes);
    }

    /// function(dense·h₀): [1, D].
    public double[][] pooled(double[][] hidden, String dense, DoubleUnaryOperator function) {
        return activated(affine(new double[][] {hidden[0]}, dense), function);
    }

    /// x·Φ(x) with the standard normal distribution Φ.
    public static double gelu(double x) {
        return x * (1 + erf(x / Math.sqrt(2))) / 2;
    }

    /// 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(1·3·…·(2n+1)) (Abramowitz & Stegun 1964, 7.1.6).
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /// A parameter by its whole name.
    public double[][] weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }
}
