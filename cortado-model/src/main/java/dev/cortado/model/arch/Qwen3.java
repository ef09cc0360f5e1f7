package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.tensor.Device;
import java.util.Optional;

/// Qwen3 (Yang et al. 2025, arXiv:2505.09388): a [Llama] whose queries and keys are normed in each head before they
/// are turned. Parameter names are those of Hugging Face's `Qwen3ForCausalLM`.
public final class Qwen3 {
    private Qwen3() {}

    /// The model of these numbers.
    public static CausalLm of(Qwen3Spec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary());
        return Llama.of(
                spec,
                params,
                device,
                i -> lens.with(spec.sliding().of(i)),
                (self, i, shape) -> attention(self, i, spec, shape),
                (layer, _) -> GatedMlp.of(layer.at("mlp"), spec.width(), spec.hiddenWidth(), Activation.SILU, false));
    }

    private static Attention attention(Params params, int layer, Qwen3Spec spec, AttentionShape shape) {
        Attention plain = Attention.of(params, layer, spec.width(), shape, spec.bias());
        double epsilon = spec.sizes().normEpsilon();
        var norms = new Attention.QueryKeyNorms(
                new RmsNorm(params.at("q_norm"), shape.headDim(), epsilon),
                new RmsNorm(params.at("k_norm"), shape.headDim(), epsilon));
        return new Attention(layer, shape, plain.inputs(), Optional.of(norms), plain.output());
    }
}
