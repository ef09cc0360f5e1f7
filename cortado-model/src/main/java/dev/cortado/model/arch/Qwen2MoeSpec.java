package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Qwen2Moe].
///
/// @param sliding     which layers see a window only
/// @param bias        whether queries, keys and values have biases
/// @param sharedWidth hidden width of the expert that every token goes to
/// @param dense       layers without experts
public record Qwen2MoeSpec(
        DecoderSizes sizes,
        Rotary rotary,
        SlidingLayers sliding,
        boolean bias,
        Experts experts,
        int sharedWidth,
        DenseLayers dense)
        implements SizedSpec {
    public Qwen2MoeSpec {
        sliding.requireLayers(sizes.layers());
    }

    @Override
    public String architecture() {
        return "Qwen2MoeForCausalLM";
    }

    @Override
    public double routerLoss() {
        return experts.routerLoss();
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Qwen2Moe.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return Qwen2MoeConfig.write(this);
    }
}
