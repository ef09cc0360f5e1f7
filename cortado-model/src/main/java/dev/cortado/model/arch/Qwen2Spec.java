package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Qwen2].
///
/// @param hiddenWidth width of the feed-forward layer
/// @param rotary      how queries and keys are turned
/// @param sliding     which layers see a window only
public record Qwen2Spec(DecoderSizes sizes, int hiddenWidth, Rotary rotary, SlidingLayers sliding)
        implements SizedSpec {
    public Qwen2Spec {
        Numbers.positive("hiddenWidth", hiddenWidth);
        sliding.requireLayers(sizes.layers());
    }

    @Override
    public String architecture() {
        return "Qwen2ForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Qwen2.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return Qwen2Config.write(this);
    }
}
