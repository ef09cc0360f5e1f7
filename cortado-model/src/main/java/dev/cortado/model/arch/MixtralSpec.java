package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Mixtral].
///
/// @param window tokens each token sees, itself among them; empty for all
public record MixtralSpec(DecoderSizes sizes, Rotary rotary, OptionalInt window, Experts experts) implements SizedSpec {
    @Override
    public String architecture() {
        return "MixtralForCausalLM";
    }

    @Override
    public double routerLoss() {
        return experts.routerLoss();
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Mixtral.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return MixtralConfig.write(this);
    }
}
