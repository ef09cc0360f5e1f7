package dev.cortado.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/// A whole OPT (Zhang et al. 2022, arXiv:2205.01068) in plain loops, for one row of tokens.
///
/// @param normFirst whether norms stand before the sub-layers or after them
/// @param finalNorm whether there is one after the last block
/// @param weights   by Hugging Face's names; projections, biases and norms' parameters only where the model has
///                  them. Without `lm_head.weight` the embedding is the output projection
public record NaiveOpt(
        int layers,
        int heads,
        DoubleUnaryOperator activation,
        boolean normFirst,
        boolean finalNorm,
        Map<String, double[][]> weights) {

    /// The logits of each next token. ids [T] → [T, V].
    public double[][] logits(int[] ids) {
        var model = new NaiveLayers(weights);
        int[] positions = new int[ids.length];
        Arrays.setAll(positions, t -> t + 2);
        double[][] tokens = model.rows("model.decoder.embed_tokens", ids);
        double[][] x = Naive.add(
                model.has("model.decoder.project_in.weight")
                        ? model.linear(tokens, "model.decoder.project_in")
                        : tokens,
                model.rows("model.decoder.embed_positions", positions));
        double scale = 1 / Math.sqrt((double) x[0].length / heads);
        for (int i = 0; i < layers; i++) {
            String layer = "model.decoder.layers." + i + ".";
            double[][] seen = normFirst ? model.norm(x, layer + "self_attn_layer_norm", 1e-5) : x;
            double[][] mixed = NaiveLayers.attention(
                    model.linear(seen, layer + "self_attn.q_proj"),
                    model.linear(seen, layer + "self_attn.k_proj"),
                    model.linear(seen, layer + "self_attn.v_proj"),
                    heads,
                    (_, _, _, product) -> product * scale);
            x = Naive.add(x, model.linear(mixed, layer + "self_attn.out_proj"));
            x = normFirst ? x : model.norm(x, layer + "self_attn_layer_norm", 1e-5);
            double[][] raised =
                    model.linear(normFirst ? model.norm(x, layer + "final_layer_norm", 1e-5) : x, layer + "fc1");
            x = Naive.add(x, model.linear(NaiveLayers.each(raised, activation), layer + "fc2"));
            x = normFirst ? x : model.norm(x, layer + "final_layer_norm", 1e-5);
        }
        x = finalNorm ? model.norm(x, "model.decoder.final_layer_norm", 1e-5) : x;
        x = model.has("model.decoder.project_out.weight") ? model.linear(x, "model.decoder.project_out") : x;
        return model.linear(x, model.has("lm_head.weight") ? "lm_head" : "model.decoder.embed_tokens");
    }
}
