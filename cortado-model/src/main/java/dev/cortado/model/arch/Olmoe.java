package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.tensor.Device;
import java.util.Optional;

/// OLMoE (Muennighoff et al. 2024, arXiv:2409.02060): queries and keys are normed over all heads together, experts
/// are small and many. Parameter names are those of Hugging Face's `OlmoeForCausalLM`.
public final class Olmoe {
    private Olmoe() {}

    /// The model of these numbers.
    public static CausalLm of(OlmoeSpec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary());
        return Llama.of(
                spec,
                params,
                device,
                _ -> lens,
                (self, i, shape) -> attention(self, i, spec, shape),
                (layer, _) -> ExpertLayers.of(layer.at("mlp"), spec.width(), spec.experts()));
    }

    private static Attention attention(Params params, int layer, OlmoeSpec spec, AttentionShape shape) {
        Attention plain = Attention.of(params, layer, spec.width(), shape, spec.bias());
        double epsilon = spec.sizes().normEpsilon();
        var norms = new Attention.QueryKeyNorms(
                new RmsNorm(params.at("q_norm"), (int) shape.queryWidth(), epsilon),
                new RmsNorm(params.at("k_norm"), (int) shape.keyWidth(), epsilon));
        return spec.clip().isPresent()
                ? new Attention(
                        layer,
                        shape,
                        new HeadInputs.Clipped(
                                plain.inputs(), norms, spec.clip().getAsDouble()),
                        Optional.empty(),
                        plain.output())
                : new Attention(layer, shape, plain.inputs(), Optional.of(norms), plain.output());
    }
}
