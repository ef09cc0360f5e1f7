package dev.cortado.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;

/// The descendants of Llama — Mistral, Qwen, Phi-3, Gemma — in plain loops over `double`, for one row of tokens. What
/// a model has is seen from the names of its weights: biases, joined projections, norms of queries and keys, norms
/// after the parts of a block.
///
/// @param embeddingScale embeddings are multiplied with
/// @param normOffset     added to the weights of norms: 1 in Gemma's
/// @param activation     of the gate
/// @param scale          of the products of queries and keys
/// @param looks          how each layer looks at tokens
/// @param finalCap       bound of the logits
/// @param weights        by Hugging Face's names, as in [NaiveLlama]
public record NaiveFamily(
        int heads,
        int kvHeads,
        double normEpsilon,
        double embeddingScale,
        double normOffset,
        DoubleUnaryOperator activation,
        double scale,
        OptionalDouble cap,
        List<Look> looks,
        OptionalDouble finalCap,
        Map<String, double[][]> weights) {

    /// How a layer looks at tokens.
    ///
    /// @param frequencies of each channel pair that turns
    /// @param amplitude   of cosines and sines
    public record Look(List<Double> frequencies, double amplitude, OptionalInt window) {}

    /// The logits of each next token. ids [T] → [T, V].
    public double[][] logits(int[] ids) {
        double[][] embedding = weight("model.embed_tokens");
        double[][] x = new double[ids.length][];
        Arrays.setAll(
                x,
                t -> Arrays.stream(embedding[ids[t]])
                        .map(v -> v * embeddingScale)
                        .toArray());
        for (int i = 0; i < looks.size(); i++) {
            String layer = "model.layers." + i + ".";
            boolean sandwich = weights.containsKey(layer + "pre_feedforward_layernorm.weight");
            double[][] mixed = attention(norm(x, layer + "input_layernorm"), layer + "self_attn.", looks.get(i));
            x = Naive.add(x, sandwich ? norm(mixed, layer + "post_attention_layernorm") : mixed);
            double[][] normed = norm(x, layer + (sandwich ? "pre_feedforward_layernorm" : "post_attention_layernorm"));
            double[][] fed = feedForward(normed, layer + "mlp.");
            x = Naive.add(x, sandwich ? norm(fed, layer + "post_feedforward_layernorm") : fed);
        }
        double[][] logits = Naive.linear(norm(x, "model.norm"), weights.getOrDefault("lm_head.weight", embedding));
        return finalCap.isEmpty() ? logits : map(logits, v -> capped(v, finalCap));
    }

    private double[][] attention(double[][] x, String path, Look look) {
        int channels = Objects.requireNonNull(weights.get(path + "o_proj.weight"))[0].length / heads;
        double[][] q;
        double[][] k;
        double[][] v;
        if (weights.containsKey(path + "qkv_proj.weight")) {
            double[][] all = linear(x, path + "qkv_proj");
            int keys = heads * channels;
            int values = keys + kvHeads * channels;
            q = columns(all, 0, keys);
            k = columns(all, keys, values);
            v = columns(all, values, values + kvHeads * channels);
        } else {
            q = linear(x, path + "q_proj");
            k = linear(x, path + "k_proj");
            v = linear(x, path + "v_proj");
        }
        double[][] mixed = new double[x.length][heads * channels];
        for (int h = 0; h < heads; h++) {
            int shared = h / (heads / kvHeads);
            for (int t = 0; t < x.length; t++) {
                double[] query = turned(head(q[t], h, channels), path + "q_norm", t, look);
                int first = look.window().isPresent()
                        ? Math.max(0, t + 1 - look.window().getAsInt())
                        : 0;
                double[] scores = new double[t + 1 - first];
                for (int s = first; s <= t; s++) {
                    double[] key = turned(head(k[s], shared, channels), path + "k_norm", s, look);
                    scores[s - first] = capped(Naive.dot(query, key) * scale, cap);
                }
                double[] share = Naive.softmax(scores);
                for (int s = first; s <= t; s++) {
                    double[] value = head(v[s], shared, channels);
                    for (int c = 0; c < channels; c++) {
                        mixed[t][h * channels + c] += share[s - first] * value[c];
                    }
                }
            }
        }
        return linear(mixed, path + "o_proj");
    }

    /// One head's channels, normed where the model norms them; of the first `2·frequencies` channels, i and i +
    /// half turn together.
    private double[] turned(double[] raw, String norm, int position, Look look) {
        double[] x = weights.containsKey(norm + ".weight") ? norm(new double[][] {raw}, norm)[0] : raw;
        double[] y = x.clone();
        int half = look.frequencies().size();
        for (int i = 0; i < half; i++) {
            double cos = Math.cos(position * look.frequencies().get(i)) * look.amplitude();
            double sin = Math.sin(position * look.frequencies().get(i)) * look.amplitude();
            y[i] = x[i] * cos - x[i + half] * sin;
            y[i + half] = x[i + half] * cos + x[i] * sin;
        }
        return y;
    }

    private double[][] feedForward(double[][] x, String path) {
        double[][] gate;
        double[][] up;
        if (weights.containsKey(path + "gate_up_proj.weight")) {
            double[][] both = linear(x, path + "gate_up_proj");
            int half = both[0].length / 2;
            gate = columns(both, 0, half);
            up = columns(both, half, 2 * half);
        } else {
            gate = linear(x, path + "gate_proj");
            up = linear(x, path + "up_proj");
        }
        for (int t = 0; t < x.length; t++) {
            for (int f = 0; f < up[t].length; f++) {
                up[t][f] *= activation.applyAsDouble(gate[t][f]);
            }
        }
        return linear(up, path + "down_proj");
    }

    private double[][] linear(double[][] x, String name) {
        double[][] y = Naive.linear(x, weight(name));
        double[][] bias = weights.get(name + ".bias");
        if (bias != null) {
            for (double[] row : y) {
                for (int i = 0; i < row.length; i++) {
                    row[i] += bias[0][i];
                }
            }
        }
        return y;
    }

    private double[][] norm(double[][] x, String name) {
        double[] factor =
                Arrays.stream(weight(name)[0]).map(w -> w + normOffset).toArray();
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Naive.rmsNorm(x[t], factor, normEpsilon));
        return y;
    }

    private static double capped(double x, OptionalDouble cap) {
        return cap.isEmpty() ? x : cap.getAsDouble() * Math.tanh(x / cap.getAsDouble());
    }

    private static double[][] map(double[][] x, DoubleUnaryOperator function) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Arrays.stream(x[t]).map(function).toArray());
        return y;
    }

    private static double[] head(double[] x, int head, int channels) {
        return Arrays.copyOfRange(x, head * channels, (head + 1) * channels);
    }

    private static double[][] columns(double[][] x, int from, int to) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Arrays.copyOfRange(x[t], from, to));
        return y;
    }

    private double[][] weight(String name) {
        return Objects.requireNonNull(weights.get(name + ".weight"), name);
    }
}
