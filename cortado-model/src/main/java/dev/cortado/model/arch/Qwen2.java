package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.tensor.Device;
import java.util.Optional;

/// Qwen2 (Yang et al. 2024, arXiv:2407.10671): a [Llama] with biases where queries, keys and values are made, and
/// windows in the later layers of some. Parameter names are those of Hugging Face's `Qwen2ForCausalLM`.
public final class Qwen2 {
    private Qwen2() {}

    /// The model of these numbers.
    public static CausalLm of(Qwen2Spec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary());
        return Llama.of(
                spec,
                params,
                device,
                i -> lens.with(spec.sliding().of(i)),
                (self, i, shape) -> attention(self, i, spec.width(), shape),
                (layer, _) -> GatedMlp.of(layer.at("mlp"), spec.width(), spec.hiddenWidth(), Activation.SILU, false));
    }

    private static Attention attention(Params params, int layer, int width, AttentionShape shape) {
        return new Attention(
                layer,
                shape,
                new HeadInputs.Separate(
                        params.biased("q_proj", width, shape.queryWidth()),
                        params.biased("k_proj", width, shape.keyWidth()),
                        params.biased("v_proj", width, shape.keyWidth())),
                Optional.empty(),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros()));
    }
}
