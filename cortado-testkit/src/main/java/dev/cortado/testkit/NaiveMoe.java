package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;

/// A decoder with a mixture of experts (Jiang et al. 2024, arXiv:2401.04088; Muennighoff et al. 2024,
/// arXiv:2409.02060; Yang et al. 2024, arXiv:2407.10671) in the loops of [Naive], for one text. What a family has
/// and another lacks is found by the names of the weights: biases, norms of queries and keys, a shared expert, a
/// layer without experts.
///
/// @param chosen     experts a token goes to
/// @param normalised whether the weights of the chosen are made to sum to 1
/// @param clip       bound of queries, keys and values; infinite for none
/// @param weights    by Hugging Face's names
public record NaiveMoe(
        int layers,
        int heads,
        int kvHeads,
        double normEpsilon,
        double ropeTheta,
        int chosen,
        boolean normalised,
        double clip,
        Map<String, double[][]> weights) {

    /// The logits of each next token. ids [T] → [T, V].
    public double[][] logits(int[] ids) {
        double[][] embedding = weight("model.embed_tokens.weight");
        double[][] x = new double[ids.length][];
        Arrays.setAll(x, t -> embedding[ids[t]]);
        for (int i = 0; i < layers; i++) {
            String layer = "model.layers." + i + ".";
            x = Naive.add(x, attention(norm(x, layer + "input_layernorm"), layer + "self_attn."));
            x = Naive.add(x, feedForward(norm(x, layer + "post_attention_layernorm"), layer));
        }
        return Naive.linear(norm(x, "model.norm"), weights.getOrDefault("lm_head.weight", embedding));
    }

    private double[][] attention(double[][] x, String path) {
        double[][][] q = heads(x, path, "q", heads);
        double[][][] k = heads(x, path, "k", kvHeads);
        double[][][] v = heads(x, path, "v", kvHeads);
        double[][][] mixed = Naive.attention(q, k, v, new int[x.length]);
        double[][] joined = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            int at = t;
            joined[t] = Arrays.stream(mixed)
                    .flatMapToDouble(h -> Arrays.stream(h[at]))
                    .toArray();
        }
        return linear(joined, path + "o_proj");
    }

    /// Projected, normed where there is a norm, clipped, split and (but for values) turned.
    private double[][][] heads(double[][] x, String path, String what, int count) {
        double[][] projected = linear(x, path + what + "_proj");
        int channels = projected[0].length / count;
        double[][][] split = new double[count][x.length][];
        for (int t = 0; t < x.length; t++) {
            double[][] norm = weights.get(path + what + "_norm.weight");
            if (norm != null && norm[0].length == projected[t].length) {
                projected[t] = Naive.rmsNorm(projected[t], norm[0], normEpsilon);
            }
            for (int h = 0; h < count; h++) {
                double[] head = Arrays.copyOfRange(projected[t], h * channels, (h + 1) * channels);
                if (norm != null && norm[0].length != projected[t].length) {
                    head = Naive.rmsNorm(head, norm[0], normEpsilon);
                }
                double[] clipped = Arrays.stream(head)
                        .map(c -> Math.max(-clip, Math.min(clip, c)))
                        .toArray();
                split[h][t] = what.equals("v") ? clipped : Naive.rotary(clipped, t, ropeTheta);
            }
        }
        return split;
    }

    private double[][] feedForward(double[][] x, String layer) {
        boolean mixtral = weights.containsKey(layer + "block_sparse_moe.gate.weight");
        String mlp = layer + (mixtral ? "block_sparse_moe." : "mlp.");
        if (!weights.containsKey(mlp + "gate.weight")) {
            return expert(x, mlp, mixtral);
        }
        double[][] scores = linear(x, mlp + "gate");
        double[][] y = new double[x.length][x[0].length];
        for (int t = 0; t < x.length; t++) {
            double[] p = Naive.softmax(scores[t]);
            Integer[] order = new Integer[p.length];
            Arrays.setAll(order, e -> e);
            Arrays.sort(order, Comparator.comparingDouble(e -> -p[e]));
            double sum = 0;
            for (int c = 0; c < chosen; c++) {
                sum += p[order[c]];
            }
            for (int c = 0; c < chosen; c++) {
                double[] result = expert(new double[][] {x[t]}, mlp + "experts." + order[c] + ".", mixtral)[0];
                addScaled(y[t], result, normalised ? p[order[c]] / sum : p[order[c]]);
            }
            if (weights.containsKey(mlp + "shared_expert_gate.weight")) {
                double[][] row = {x[t]};
                double gate = 1 / (1 + Math.exp(-linear(row, mlp + "shared_expert_gate")[0][0]));
                addScaled(y[t], expert(row, mlp + "shared_expert.", false)[0], gate);
            }
        }
        return y;
    }

    private double[][] expert(double[][] x, String path, boolean mixtral) {
        return Naive.swiGlu(
                x,
                weight(path + (mixtral ? "w1" : "gate_proj") + ".weight"),
                weight(path + (mixtral ? "w3" : "up_proj") + ".weight"),
                weight(path + (mixtral ? "w2" : "down_proj") + ".weight"));
    }

    private static void addScaled(double[] sum, double[] term, double factor) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * term[i];
        }
    }

    private double[][] linear(double[][] x, String name) {
        double[][] y = Naive.linear(x, weight(name + ".weight"));
        double[][] bias = weights.get(name + ".bias");
        if (bias != null) {
            for (double[] row : y) {
                addScaled(row, bias[0], 1);
            }
        }
        return y;
    }

    private double[][] norm(double[][] x, String name) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Naive.rmsNorm(x[t], weight(name + ".weight")[0], normEpsilon));
        return y;
    }

    private double[][] weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }
}
