package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.tensor.Device;
import java.util.Optional;

/// Qwen3-MoE (Yang et al. 2025, arXiv:2505.09388): queries and keys are normed in each head, experts are many and
/// none is shared. Parameter names are those of Hugging Face's `Qwen3MoeForCausalLM`.
public final class Qwen3Moe {
    private Qwen3Moe() {}

    /// The model of these numbers.
    public static CausalLm of(Qwen3MoeSpec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary());
        return Llama.of(
                spec,
                params,
                device,
                i -> lens.with(spec.sliding().of(i)),
                (self, i, shape) -> attention(self, i, spec, shape),
                (layer, i) -> feedForward(layer.at("mlp"), i, spec));
    }

    private static Attention attention(Params params, int layer, Qwen3MoeSpec spec, AttentionShape shape) {
        Attention plain = Attention.of(params, layer, spec.width(), shape, spec.bias());
        double epsilon = spec.sizes().normEpsilon();
        var norms = new Attention.QueryKeyNorms(
                new RmsNorm(params.at("q_norm"), shape.headDim(), epsilon),
                new RmsNorm(params.at("k_norm"), shape.headDim(), epsilon));
        return new Attention(layer, shape, plain.inputs(), Optional.of(norms), plain.output());
    }

    private static FeedForward feedForward(Params mlp, int layer, Qwen3MoeSpec spec) {
        if (spec.dense().contains(layer)) {
            return GatedMlp.of(mlp, spec.width(), spec.dense().hiddenWidth(), Activation.SILU, false);
        }
        return ExpertLayers.of(mlp, spec.width(), spec.experts());
    }
}
