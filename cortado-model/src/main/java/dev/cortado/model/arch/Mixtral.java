package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.SparseMlp;
import dev.cortado.tensor.Device;
import java.util.ArrayList;
import java.util.List;

/// Mixtral (Jiang et al. 2024, arXiv:2401.04088): a Mistral whose feed-forward layers are mixtures of experts, the
/// weights of the chosen ones made to sum to 1. Parameter names are those of Hugging Face's `MixtralForCausalLM`.
public final class Mixtral {
    private Mixtral() {}

    /// The model of these numbers.
    public static CausalLm of(MixtralSpec spec, Params params, Device device) {
        Lens lens = Lens.of(spec.sizes().headDim()).with(spec.rotary()).with(spec.window());
        return Llama.of(
                spec,
                params,
                device,
                _ -> lens,
                (self, i, shape) -> Attention.of(self, i, spec.width(), shape, false),
                (layer, _) -> feedForward(layer.at("block_sparse_moe"), spec));
    }

    private static FeedForward feedForward(Params moe, MixtralSpec spec) {
        Experts numbers = spec.experts();
        int width = spec.width();
        Projection router = moe.projection("gate", width, numbers.count());
        List<GatedMlp> experts = new ArrayList<>();
        for (int e = 0; e < numbers.count(); e++) {
            Params expert = moe.at("experts").at(e);
            experts.add(new GatedMlp(
                    expert.projection("w1", width, numbers.hiddenWidth()),
                    expert.projection("w3", width, numbers.hiddenWidth()),
                    Activation.SILU,
                    expert.projection("w2", numbers.hiddenWidth(), width, new Init.Zeros())));
        }
        return new SparseMlp(router, experts, numbers.chosen(), numbers.normalised());
    }
}
