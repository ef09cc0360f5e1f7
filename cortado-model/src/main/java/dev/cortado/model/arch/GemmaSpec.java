package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Gemma].
///
/// @param hiddenWidth width of the feed-forward layer
/// @param rotary      how queries and keys are turned
/// @param bias        whether the projections of attention have biases
public record GemmaSpec(DecoderSizes sizes, int hiddenWidth, Rotary rotary, boolean bias) implements SizedSpec {
    public GemmaSpec {
        Numbers.positive("hiddenWidth", hiddenWidth);
    }

    @Override
    public String architecture() {
        return "GemmaForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Gemma.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return GemmaConfig.write(this);
    }
}
