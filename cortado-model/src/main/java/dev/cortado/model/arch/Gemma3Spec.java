package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import java.util.OptionalDouble;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Gemma3].
///
/// @param hiddenWidth width of the feed-forward layer
/// @param rotary      how queries and keys are turned in layers that see everything
/// @param localRotary how in those that see a window
/// @param sliding     which layers see a window only
/// @param bias        whether the projections of attention have biases
/// @param scores      how queries and keys are compared
/// @param finalCap    bound of the logits
public record Gemma3Spec(
        DecoderSizes sizes,
        int hiddenWidth,
        Rotary rotary,
        Rotary localRotary,
        SlidingLayers sliding,
        boolean bias,
        GemmaScores scores,
        OptionalDouble finalCap)
        implements SizedSpec {
    public Gemma3Spec {
        Numbers.positive("hiddenWidth", hiddenWidth);
        sliding.requireLayers(sizes.layers());
        GemmaScores.requireCap(finalCap);
    }

    @Override
    public String architecture() {
        return "Gemma3ForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Gemma3.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return Gemma3Config.write(this);
    }
}
