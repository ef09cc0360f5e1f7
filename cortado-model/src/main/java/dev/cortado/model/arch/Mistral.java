package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.Lens;
import dev.cortado.tensor.Device;

/// Mistral (Jiang et al. 2023, arXiv:2310.06825): a [Llama] whose layers look back a window only, if it has one.
/// Parameter names are those of Hugging Face's `MistralForCausalLM`.
public final class Mistral {
    private Mistral() {}

    /// The model of these numbers.
    public static CausalLm of(MistralSpec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary()).with(spec.window());
        return Llama.of(
                spec,
                params,
                device,
                _ -> lens,
                (self, i, shape) -> Attention.of(self, i, spec.width(), shape, false),
                (layer, _) -> GatedMlp.of(layer.at("mlp"), spec.width(), spec.hiddenWidth(), Activation.SILU, false));
    }
}
