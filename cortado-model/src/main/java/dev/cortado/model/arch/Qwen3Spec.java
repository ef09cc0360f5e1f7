package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Qwen3].
///
/// @param hiddenWidth width of the feed-forward layer
/// @param rotary      how queries and keys are turned
/// @param sliding     which layers see a window only
/// @param bias        whether the projections of attention have biases
public record Qwen3Spec(DecoderSizes sizes, int hiddenWidth, Rotary rotary, SlidingLayers sliding, boolean bias)
        implements SizedSpec {
    public Qwen3Spec {
        Numbers.positive("hiddenWidth", hiddenWidth);
        sliding.requireLayers(sizes.layers());
    }

    @Override
    public String architecture() {
        return "Qwen3ForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Qwen3.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return Qwen3Config.write(this);
    }
}
