package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Phi3].
///
/// @param hiddenWidth width of the feed-forward layer
/// @param rotary      how queries and keys are turned, the first channels of each head or all
/// @param window      tokens that each sees, itself among them; empty where it sees all before it
public record Phi3Spec(DecoderSizes sizes, int hiddenWidth, Rotary rotary, OptionalInt window) implements SizedSpec {
    public Phi3Spec {
        Numbers.positive("hiddenWidth", hiddenWidth);
        if (rotary.rotaryDim() > sizes.headDim()) {
            throw new IllegalArgumentException(
                    rotary.rotaryDim() + " channels are to turn, and heads have " + sizes.headDim());
        }
        if (window.isPresent() && window.getAsInt() < 1) {
            throw new IllegalArgumentException("sliding_window " + window.getAsInt() + " is not positive");
        }
    }

    @Override
    public String architecture() {
        return "Phi3ForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Phi3.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return Phi3Config.write(this);
    }
}
