package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Model;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.mixing.Mixing;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of an [EfficientTransformer].
///
/// @param hiddenWidth width of the feed-forward layer
/// @param rotary      how queries and keys are turned
/// @param mixing      what stands in place of attention
/// @param use         what it is for
public record EfficientTransformerSpec(DecoderSizes sizes, int hiddenWidth, Rotary rotary, Mixing mixing, Use use)
        implements SizedSpec {
    /// What a model is for.
    public enum Use {
        /// To write: each token is mixed with those before it.
        CAUSAL("CortadoEfficientForCausalLM"),
        /// To read: the words behind masks, each token mixed with all of its text.
        MASKED("CortadoEfficientForMaskedLM");

        private final String architecture;

        Use(String architecture) {
            this.architecture = architecture;
        }
    }

    public EfficientTransformerSpec {
        Numbers.positive("hiddenWidth", hiddenWidth);
        if (mixing instanceof Mixing.Linformer(int length, int _)) {
            Numbers.require(use == Use.MASKED, "Linformer cannot be causal; use it in an encoder");
            Numbers.require(
                    length >= sizes.contextLength(),
                    "Linformer's length " + length + " is below the contextLength " + sizes.contextLength());
        }
    }

    @Override
    public String architecture() {
        return use.architecture;
    }

    @Override
    public boolean boundedContext() {
        return mixing instanceof Mixing.Linformer;
    }

    @Override
    public Model build(Params params, Device device) {
        return switch (use) {
            case CAUSAL -> EfficientTransformer.decoder(this, params, device);
            case MASKED -> EfficientTransformer.encoder(this, params, device);
        };
    }

    @Override
    public ObjectNode config() {
        return EfficientTransformerConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of("model.");
    }
}
