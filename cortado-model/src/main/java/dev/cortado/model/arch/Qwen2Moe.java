package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.SparseMlp;
import dev.cortado.tensor.Device;
import java.util.Optional;

/// Qwen1.5-MoE and Qwen2-MoE (Yang et al. 2024, arXiv:2407.10671, section 2.2.2): fine-grained experts beside one
/// that every token goes to, weighed by a gate of its own. Parameter names are those of Hugging Face's
/// `Qwen2MoeForCausalLM`.
public final class Qwen2Moe {
    private Qwen2Moe() {}

    /// The model of these numbers.
    public static CausalLm of(Qwen2MoeSpec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary());
        return Llama.of(
                spec,
                params,
                device,
                i -> lens.with(spec.sliding().of(i)),
                (self, i, shape) -> attention(self, i, spec, shape),
                (layer, i) -> feedForward(layer.at("mlp"), i, spec));
    }

    private static Attention attention(Params params, int layer, Qwen2MoeSpec spec, AttentionShape shape) {
        int width = spec.width();
        return new Attention(
                layer,
                shape,
                new HeadInputs.Separate(
                        params.projection("q_proj", width, shape.queryWidth(), Init.fanIn(width), spec.bias()),
                        params.projection("k_proj", width, shape.keyWidth(), Init.fanIn(width), spec.bias()),
                        params.projection("v_proj", width, shape.keyWidth(), Init.fanIn(width), spec.bias())),
                Optional.empty(),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros()));
    }

    private static FeedForward feedForward(Params mlp, int layer, Qwen2MoeSpec spec) {
        if (spec.dense().contains(layer)) {
            return GatedMlp.of(mlp, spec.width(), spec.dense().hiddenWidth(), Activation.SILU, false);
        }
        SparseMlp routed = ExpertLayers.of(mlp, spec.width(), spec.experts());
        GatedMlp shared =
                GatedMlp.of(mlp.at("shared_expert"), spec.width(), spec.sharedWidth(), Activation.SILU, false);
        Projection gate = mlp.projection("shared_expert_gate", spec.width(), 1);
        return (x, pass) -> routed.forward(x, pass).add(gate.apply(x).sigmoid().mul(shared.forward(x, pass)));
    }
}
