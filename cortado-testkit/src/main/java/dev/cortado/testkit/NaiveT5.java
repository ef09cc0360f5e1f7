package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/// T5 (Raffel et al. 2020, arXiv:1910.10683) and its gated variant (Shazeer 2020, arXiv:2002.05202) in plain loops,
/// for one text and what is written about it.
///
/// @param layers      of the decoder
/// @param maxDistance from which on distances share a bucket
/// @param weights     by Hugging Face's names. With `wi_0` in them feed-forward layers are gated; without
///                    `lm_head.weight` the embedding is the output projection, of activations divided by √D
public record NaiveT5(
        int encoderLayers,
        int layers,
        int heads,
        int maxDistance,
        double epsilon,
        DoubleUnaryOperator activation,
        Map<String, double[][]> weights) {
    /// The encoder's last activations. [S] → [S, D].
    public double[][] read(int[] source) {
        var self = new NaiveHeads(heads, 1, false, bias("encoder", true));
        double[][] x = embedded(source);
        for (int i = 0; i < encoderLayers; i++) {
            String layer = "encoder.block." + i + ".layer.";
            double[][] normed = norm(x, layer + "0.layer_norm");
            x = Naive.add(x, attention(self, normed, normed, layer + "0.SelfAttention."));
            x = Naive.add(x, feedForward(norm(x, layer + "1.layer_norm"), layer + "1.DenseReluDense."));
        }
        return norm(x, "encoder.final_layer_norm");
    }

    /// The decoder's last activations. source [S], target [T] → [T, D].
    public double[][] hidden(int[] source, int[] target) {
        double[][] read = read(source);
        var self = new NaiveHeads(heads, 1, true, bias("decoder", false));
        var across = new NaiveHeads(heads, 1, false, (_, _, _) -> 0);
        double[][] x = embedded(target);
        for (int i = 0; i < layers; i++) {
            String layer = "decoder.block." + i + ".layer.";
            double[][] normed = norm(x, layer + "0.layer_norm");
            x = Naive.add(x, attention(self, normed, normed, layer + "0.SelfAttention."));
            x = Naive.add(x, attention(across, norm(x, layer + "1.layer_norm"), read, layer + "1.EncDecAttention."));
            x = Naive.add(x, feedForward(norm(x, layer + "2.layer_norm"), layer + "2.DenseReluDense."));
        }
        return norm(x, "decoder.final_layer_norm");
    }

    /// The logits of each next token. → [T, V].
    public double[][] logits(int[] source, int[] target) {
        double[][] x = hidden(source, target);
        if (weights.containsKey("lm_head.weight")) {
            return Naive.linear(x, weight("lm_head"));
        }
        double root = Math.sqrt(x[0].length);
        return Naive.linear(NaiveEncoder.activated(x, v -> v / root), weight("shared"));
    }

    private double[][] embedded(int[] ids) {
        double[][] x = new double[ids.length][];
        Arrays.setAll(x, t -> weight("shared")[ids[t]]);
        return x;
    }

    private double[][] attention(NaiveHeads how, double[][] x, double[][] seen, String path) {
        return Naive.linear(
                how.attend(
                        Naive.linear(x, weight(path + "q")),
                        Naive.linear(seen, weight(path + "k")),
                        Naive.linear(seen, weight(path + "v"))),
                weight(path + "o"));
    }

    private NaiveHeads.Bias bias(String stack, boolean bothWays) {
        double[][] table = weight(stack + ".block.0.layer.0.SelfAttention.relative_attention_bias");
        return (head, query, key) -> table[bucket(key - query, table.length, bothWays)][head];
    }

    /// Section 2.1: half of the buckets are for exact distances, the others grow to the largest on a logarithmic
    /// scale; an encoder has a set for each direction.
    private int bucket(int distance, int buckets, boolean bothWays) {
        if (bothWays) {
            int far = bucket(-Math.abs(distance), buckets / 2, false);
            return distance > 0 ? buckets / 2 + far : far;
        }
        int back = Math.max(0, -distance);
        int exact = buckets / 2;
        if (back < exact) {
            return back;
        }
        // In single precision, as published: whether a whole number is reached depends on it.
        float share = (float) Math.log((float) back / exact) / (float) Math.log((double) maxDistance / exact);
        return Math.min(buckets - 1, exact + (int) (share * (buckets - exact)));
    }

    private double[][] feedForward(double[][] x, String path) {
        boolean gated = weights.containsKey(path + "wi_0.weight");
        double[][] raised = NaiveEncoder.activated(Naive.linear(x, weight(path + (gated ? "wi_0" : "wi"))), activation);
        if (gated) {
            double[][] linear = Naive.linear(x, weight(path + "wi_1"));
            for (int t = 0; t < x.length; t++) {
                for (int i = 0; i < raised[t].length; i++) {
                    raised[t][i] *= linear[t][i];
                }
            }
        }
        return Naive.linear(raised, weight(path + "wo"));
    }

    private double[][] norm(double[][] x, String name) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Naive.rmsNorm(x[t], weight(name)[0], epsilon));
        return y;
    }

    private double[][] weight(String name) {
        return Objects.requireNonNull(weights.get(name + ".weight"), name);
    }
}
