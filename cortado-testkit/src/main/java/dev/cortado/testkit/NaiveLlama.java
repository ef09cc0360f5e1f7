package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/// A whole Llama (Touvron et al. 2023, arXiv:2302.13971) in the loops of [Naive], for one row of tokens.
///
/// @param weights by Hugging Face's names: matrices as rows [out, in], the weights of norms as one row. Without
/// `lm_head.weight` the embedding is the output projection.
public record NaiveLlama(
        int layers, int heads, int kvHeads, double normEpsilon, double ropeTheta, Map<String, double[][]> weights) {

    /// The logits of each next token. One text from position 0 on. ids [T] → [T, V].
    public double[][] logits(int[] ids) {
        int[] positions = new int[ids.length];
        Arrays.setAll(positions, t -> t);
        return logits(ids, positions, new int[ids.length]);
    }

    /// The same for several texts in one row: `positions` within each text, `segments` equal within a text.
    public double[][] logits(int[] ids, int[] positions, int[] segments) {
        double[][] embedding = weight("model.embed_tokens");
        double[][] x = new double[ids.length][];
        Arrays.setAll(x, t -> embedding[ids[t]]);
        for (int i = 0; i < layers; i++) {
            String layer = "model.layers." + i + ".";
            x = Naive.add(x, attention(norm(x, layer + "input_layernorm"), layer + "self_attn.", positions, segments));
            x = Naive.add(
                    x,
                    Naive.swiGlu(
                            norm(x, layer + "post_attention_layernorm"),
                            weight(layer + "mlp.gate_proj"),
                            weight(layer + "mlp.up_proj"),
                            weight(layer + "mlp.down_proj")));
        }
        return Naive.linear(norm(x, "model.norm"), weights.getOrDefault("lm_head.weight", embedding));
    }

    private double[][] attention(double[][] x, String path, int[] positions, int[] segments) {
        double[][][] q = turned(split(Naive.linear(x, weight(path + "q_proj")), heads), positions);
        double[][][] k = turned(split(Naive.linear(x, weight(path + "k_proj")), kvHeads), positions);
        double[][][] v = split(Naive.linear(x, weight(path + "v_proj")), kvHeads);
        return Naive.linear(joined(Naive.attention(q, k, v, segments)), weight(path + "o_proj"));
    }

    private double[][] norm(double[][] x, String name) {
        double[][] y = new double[x.length][];
        Arrays.setAll(y, t -> Naive.rmsNorm(x[t], weight(name)[0], normEpsilon));
        return y;
    }

    private double[][][] turned(double[][][] perHead, int[] positions) {
        double[][][] turned = new double[perHead.length][positions.length][];
        for (int h = 0; h < perHead.length; h++) {
            for (int t = 0; t < positions.length; t++) {
                turned[h][t] = Naive.rotary(perHead[h][t], positions[t], ropeTheta);
            }
        }
        return turned;
    }

    /// [T, heads·C] → [heads, T, C].
    private static double[][][] split(double[][] x, int heads) {
        int channels = x[0].length / heads;
        double[][][] perHead = new double[heads][x.length][];
        for (int h = 0; h < heads; h++) {
            for (int t = 0; t < x.length; t++) {
                perHead[h][t] = Arrays.copyOfRange(x[t], h * channels, (h + 1) * channels);
            }
        }
        return perHead;
    }

    /// [heads, T, C] → [T, heads·C].
    private static double[][] joined(double[][][] perHead) {
        int channels = perHead[0][0].length;
        double[][] x = new double[perHead[0].length][perHead.length * channels];
        for (int h = 0; h < perHead.length; h++) {
            for (int t = 0; t < x.length; t++) {
                System.arraycopy(perHead[h][t], 0, x[t], h * channels, channels);
            }
        }
        return x;
    }

    private double[][] weight(String name) {
        return Objects.requireNonNull(weights.get(name + ".weight"), name);
    }
}
