package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Mistral].
///
/// @param hiddenWidth width of the feed-forward layer
/// @param rotary      how queries and keys are turned
/// @param window      tokens that each sees, itself among them; empty where it sees all before it
public record MistralSpec(DecoderSizes sizes, int hiddenWidth, Rotary rotary, OptionalInt window) implements SizedSpec {
    public MistralSpec {
        Numbers.positive("hiddenWidth", hiddenWidth);
        if (window.isPresent() && window.getAsInt() < 1) {
            throw new IllegalArgumentException("sliding_window " + window.getAsInt() + " is not positive");
        }
    }

    @Override
    public String architecture() {
        return "MistralForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Mistral.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return MistralConfig.write(this);
    }
}
