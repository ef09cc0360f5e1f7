package dev.cortado.testkit;

import java.util.Arrays;

/// The formulas of a decoder in plain loops over `double`, one text at a time, made to be read beside the papers.
///
/// T tokens, D width, H query heads, K key/value heads, C channels per head, V vocabulary. A matrix is an array of
/// its rows. Nothing here is fast, and nothing changes its arguments.
public final class Naive {
    private Naive() {}

    /// y = x·Wᵀ: each row of x [T, N] against each row of W [M, N] → [T, M].
    public static double[][] linear(double[][] x, double[][] weight) {
        double[][] y = new double[x.length][weight.length];
        for (int t = 0; t < x.length; t++) {
            for (int m = 0; m < weight.length; m++) {
                y[t][m] = dot(x[t], weight[m]);
            }
        }
        return y;
    }

    /// Σ aᵢbᵢ.
    public static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /// Element-wise sum of two matrices.
    public static double[][] add(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][];
        for (int t = 0; t < a.length; t++) {
            sum[t] = new double[a[t].length];
            for (int i = 0; i < a[t].length; i++) {
                sum[t][i] = a[t][i] + b[t][i];
            }
        }
        return sum;
    }

    /// x/√(mean(x²) + ε)·w for one token (Zhang & Sennrich 2019, arXiv:1910.07467, equation 4).
    public static double[] rmsNorm(double[] x, double[] weight, double epsilon) {
        double meanSquare = dot(x, x) / x.length;
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] / Math.sqrt(meanSquare + epsilon) * weight[i];
        }
        return y;
    }

    /// One head's channels [C] turned to a position (Su et al. 2021, arXiv:2104.09864, equation 34), channels i
    /// and i + C/2 together, by the angle position·theta^(−2i/C).
    public static double[] rotary(double[] x, int position, double theta) {
        int half = x.length / 2;
        double[] y = new double[x.length];
        for (int i = 0; i < half; i++) {
            double angle = position * Math.pow(theta, -2.0 * i / x.length);
            y[i] = x[i] * Math.cos(angle) - x[i + half] * Math.sin(angle);
            y[i + half] = x[i + half] * Math.cos(angle) + x[i] * Math.sin(angle);
        }
        return y;
    }

    /// eˣ normalised to sum 1; the largest is taken off first, so that nothing overflows.
    public static double[] softmax(double[] x) {
        double largest = Arrays.stream(x).max().orElseThrow();
        double[] y = Arrays.stream(x).map(v -> Math.exp(v - largest)).toArray();
        double sum = Arrays.stream(y).sum();
        return Arrays.stream(y).map(v -> v / sum).toArray();
    }

    /// Causal attention with grouped queries (Vaswani et al. 2017, arXiv:1706.03762, equation 1; Ainslie et al.
    /// 2023, arXiv:2305.13245): query head h reads key/value head h/(H/K), and token t sees the tokens s ≤ t of
    /// its own segment.
    ///
    /// q [H, T, C], k and v [K, T, C], segments [T] → [H, T, C].
    public static double[][][] attention(double[][][] q, double[][][] k, double[][][] v, int[] segments) {
        int queriesPerKey = q.length / k.length;
        double[][][] mixed = new double[q.length][][];
        for (int h = 0; h < q.length; h++) {
            double[][] keys = k[h / queriesPerKey];
            double[][] values = v[h / queriesPerKey];
            mixed[h] = new double[q[h].length][];
            for (int t = 0; t < q[h].length; t++) {
                double[] scores = new double[t + 1];
                for (int s = 0; s <= t; s++) {
                    scores[s] = segments[s] == segments[t]
                            ? dot(q[h][t], keys[s]) / Math.sqrt(keys[s].length)
                            : Double.NEGATIVE_INFINITY;
                }
                mixed[h][t] = weightedSum(softmax(scores), values);
            }
        }
        return mixed;
    }

    /// Σ wₛ·rowₛ over as many rows as there are weights.
    private static double[] weightedSum(double[] weights, double[][] rows) {
        double[] sum = new double[rows[0].length];
        for (int s = 0; s < weights.length; s++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weights[s] * rows[s][i];
            }
        }
        return sum;
    }

    /// x·sigmoid(x).
    public static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    /// W₂(silu(W₁x) ⊙ W₃x), the gated feed-forward layer (Shazeer 2020, arXiv:2002.05202, equation 6).
    public static double[][] swiGlu(double[][] x, double[][] gate, double[][] up, double[][] down) {
        double[][] gated = linear(x, gate);
        double[][] raised = linear(x, up);
        double[][] hidden = new double[x.length][gate.length];
        for (int t = 0; t < x.length; t++) {
            for (int f = 0; f < gate.length; f++) {
                hidden[t][f] = silu(gated[t][f]) * raised[t][f];
            }
        }
        return linear(hidden, down);
    }

    /// −Σ log p(target) with p = softmax(logits), over the rows whose target is not negative. logits [T, V],
    /// targets [T].
    public static double crossEntropySum(double[][] logits, long[] targets) {
        double sum = 0;
        for (int t = 0; t < logits.length; t++) {
            if (targets[t] >= 0) {
                sum -= Math.log(softmax(logits[t])[(int) targets[t]]);
            }
        }
        return sum;
    }

    /// One parameter θ and the running means of its gradient and of its square.
    public record Moments(double parameter, double first, double second) {}

    /// What [#adamW] is told.
    public record AdamWSettings(double lr, double beta1, double beta2, double epsilon, double weightDecay) {}

    /// Step `step` (1, 2, …) of AdamW for one parameter (Loshchilov & Hutter 2017, arXiv:1711.05101, algorithm
    /// 2).
    public static Moments adamW(Moments before, double gradient, int step, AdamWSettings how) {
        double m = how.beta1() * before.first() + (1 - how.beta1()) * gradient;
        double v = how.beta2() * before.second() + (1 - how.beta2()) * gradient * gradient;
        double unbiasedMean = m / (1 - Math.pow(how.beta1(), step));
        double unbiasedSquare = v / (1 - Math.pow(how.beta2(), step));
        double move =
                unbiasedMean / (Math.sqrt(unbiasedSquare) + how.epsilon()) + how.weightDecay() * before.parameter();
        return new Moments(before.parameter() - how.lr() * move, m, v);
    }
}
