package dev.cortado.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A whole BLOOM (BigScience 2022, arXiv:2211.05100) in plain loops, for one row of tokens.
///
/// @param residualsNormalised whether sub-layers are added to their normalised input
/// @param weights             by Hugging Face's names; without `lm_head.weight` the embedding is the output
///                            projection
public record NaiveBloom(
        int layers, int heads, double normEpsilon, boolean residualsNormalised, Map<String, double[][]> weights) {

    /// The logits of each next token. ids [T] → [T, V].
    public double[][] logits(int[] ids) {
        var model = new NaiveLayers(weights);
        double[][] x = model.norm(
                model.rows("transformer.word_embeddings", ids), "transformer.word_embeddings_layernorm", normEpsilon);
        double root = Math.sqrt((double) x[0].length / heads);
        List<Double> slopes = slopes(heads);
        for (int i = 0; i < layers; i++) {
            String layer = "transformer.h." + i + ".";
            double[][] seen = model.norm(x, layer + "input_layernorm", normEpsilon);
            double[][] joined = model.linear(seen, layer + "self_attention.query_key_value");
            double[][] mixed = NaiveLayers.attention(
                    NaiveLayers.perHead(joined, heads, 0),
                    NaiveLayers.perHead(joined, heads, 1),
                    NaiveLayers.perHead(joined, heads, 2),
                    heads,
                    (h, t, s, product) -> product / root - slopes.get(h) * (t - s));
            x = Naive.add(residualsNormalised ? seen : x, model.linear(mixed, layer + "self_attention.dense"));
            double[][] fed = model.norm(x, layer + "post_attention_layernorm", normEpsilon);
            double[][] raised = model.linear(fed, layer + "mlp.dense_h_to_4h");
            double[][] lowered = model.linear(NaiveLayers.each(raised, NaiveGelu::tanh), layer + "mlp.dense_4h_to_h");
            x = Naive.add(residualsNormalised ? fed : x, lowered);
        }
        String head = model.has("lm_head.weight") ? "lm_head" : "transformer.word_embeddings";
        return model.linear(model.norm(x, "transformer.ln_f", normEpsilon), head);
    }

    /// As the authors of ALiBi give them (Press et al. 2021, arXiv:2108.12409, appendix A): 2^(−8/H), 2^(−16/H),
    /// … for a power of two; for others those of the power of two below, and then the first, third, … of the one
    /// above.
    private static List<Double> slopes(int heads) {
        int below = 1;
        while (2 * below <= heads) {
            below *= 2;
        }
        List<Double> slopes = new ArrayList<>();
        for (int i = 1; i <= below; i++) {
            slopes.add(Math.pow(2, -8.0 * i / below));
        }
        for (int i = 1; slopes.size() < heads; i += 2) {
            slopes.add(Math.pow(2, -8.0 * i / (2 * below)));
        }
        return slopes;
    }
}
