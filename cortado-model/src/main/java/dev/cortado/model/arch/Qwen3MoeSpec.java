package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Qwen3Moe].
///
/// @param sliding which layers see a window only
/// @param bias    whether attention projections have biases
/// @param dense   layers without experts
public record Qwen3MoeSpec(
        DecoderSizes sizes, Rotary rotary, SlidingLayers sliding, boolean bias, Experts experts, DenseLayers dense)
        implements SizedSpec {
    public Qwen3MoeSpec {
        sliding.requireLayers(sizes.layers());
    }

    @Override
    public String architecture() {
        return "Qwen3MoeForCausalLM";
    }

    @Override
    public double routerLoss() {
        return experts.routerLoss();
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Qwen3Moe.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return Qwen3MoeConfig.write(this);
    }
}
