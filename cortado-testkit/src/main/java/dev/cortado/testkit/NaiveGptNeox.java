package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/// A whole GPT-NeoX (Black et al. 2022, arXiv:2204.06745) in plain loops, for one row of tokens.
///
/// @param rotaryDim channels of each head that turn, the first ones
/// @param parallel  whether both sub-layers of a block read its input
/// @param weights   by Hugging Face's names; without `embed_out.weight` the embedding is the output projection
public record NaiveGptNeox(
        int layers,
        int heads,
        DoubleUnaryOperator activation,
        double normEpsilon,
        int rotaryDim,
        double ropeTheta,
        boolean parallel,
        Map<String, double[][]> weights) {

    /// The logits of each next token. ids [T] → [T, V].
    public double[][] logits(int[] ids) {
        var model = new NaiveLayers(weights);
        double[][] x = model.rows("gpt_neox.embed_in", ids);
        double root = Math.sqrt((double) x[0].length / heads);
        for (int i = 0; i < layers; i++) {
            String layer = "gpt_neox.layers." + i + ".";
            double[][] joined = model.linear(
                    model.norm(x, layer + "input_layernorm", normEpsilon), layer + "attention.query_key_value");
            double[][] mixed = NaiveLayers.attention(
                    turned(NaiveLayers.perHead(joined, heads, 0)),
                    turned(NaiveLayers.perHead(joined, heads, 1)),
                    NaiveLayers.perHead(joined, heads, 2),
                    heads,
                    (_, _, _, product) -> product / root);
            double[][] attended = Naive.add(x, model.linear(mixed, layer + "attention.dense"));
            double[][] fed = model.norm(parallel ? x : attended, layer + "post_attention_layernorm", normEpsilon);
            double[][] raised = NaiveLayers.each(model.linear(fed, layer + "mlp.dense_h_to_4h"), activation);
            x = Naive.add(attended, model.linear(raised, layer + "mlp.dense_4h_to_h"));
        }
        String head = model.has("embed_out.weight") ? "embed_out" : "gpt_neox.embed_in";
        return model.linear(model.norm(x, "gpt_neox.final_layer_norm", normEpsilon), head);
    }

    private double[][] turned(double[][] x) { // [T, H·C]
        int channels = x[0].length / heads;
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = x[t].clone();
            for (int h = 0; h < heads; h++) {
                double[] first = Arrays.copyOf(NaiveLayers.head(x[t], h, channels), rotaryDim);
                System.arraycopy(Naive.rotary(first, t, ropeTheta), 0, y[t], h * channels, rotaryDim);
            }
        }
        return y;
    }
}
