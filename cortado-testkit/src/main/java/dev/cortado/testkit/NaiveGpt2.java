package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/// A whole GPT-2 (Radford et al. 2019) in plain loops, for one row of tokens.
///
/// @param scaledByDepth whether the scores of layer i = 1, 2, … are divided by i
/// @param weights       by Hugging Face's names; without `lm_head.weight` the embedding is the output projection
public record NaiveGpt2(
        int layers,
        int heads,
        DoubleUnaryOperator activation,
        double normEpsilon,
        boolean scaledByRoot,
        boolean scaledByDepth,
        Map<String, double[][]> weights) {

    /// The logits of each next token. ids [T] → [T, V].
    public double[][] logits(int[] ids) {
        var model = new NaiveLayers(weights);
        int[] positions = new int[ids.length];
        Arrays.setAll(positions, t -> t);
        double[][] x = Naive.add(model.rows("transformer.wte", ids), model.rows("transformer.wpe", positions));
        int width = x[0].length;
        for (int i = 0; i < layers; i++) {
            String layer = "transformer.h." + i + ".";
            double divisor = (scaledByRoot ? Math.sqrt((double) width / heads) : 1) * (scaledByDepth ? i + 1 : 1);
            double[][] joined = model.conv1d(model.norm(x, layer + "ln_1", normEpsilon), layer + "attn.c_attn");
            double[][] mixed = NaiveLayers.attention(
                    NaiveLayers.columns(joined, 0, width),
                    NaiveLayers.columns(joined, width, 2 * width),
                    NaiveLayers.columns(joined, 2 * width, 3 * width),
                    heads,
                    (_, _, _, product) -> product / divisor);
            x = Naive.add(x, model.conv1d(mixed, layer + "attn.c_proj"));
            double[][] raised = model.conv1d(model.norm(x, layer + "ln_2", normEpsilon), layer + "mlp.c_fc");
            x = Naive.add(x, model.conv1d(NaiveLayers.each(raised, activation), layer + "mlp.c_proj"));
        }
        String head = model.has("lm_head.weight") ? "lm_head" : "transformer.wte";
        return model.linear(model.norm(x, "transformer.ln_f", normEpsilon), head);
    }
}
