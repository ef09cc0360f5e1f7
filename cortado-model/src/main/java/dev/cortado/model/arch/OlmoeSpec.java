package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import java.util.OptionalDouble;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of an [Olmoe].
///
/// @param clip bound of queries, keys and values
/// @param bias whether attention projections have biases
public record OlmoeSpec(DecoderSizes sizes, Rotary rotary, OptionalDouble clip, boolean bias, Experts experts)
        implements SizedSpec {
    @Override
    public String architecture() {
        return "OlmoeForCausalLM";
    }

    @Override
    public double routerLoss() {
        return experts.routerLoss();
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Olmoe.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return OlmoeConfig.write(this);
    }
}
