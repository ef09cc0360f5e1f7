package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [Qwen3Spec] in the spelling of Hugging Face's `config.json`.
public final class Qwen3Config {
    private Qwen3Config() {}

    /// Reads the numbers; a feature that [Qwen3] does not have is refused rather than ignored.
    public static Qwen3Spec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Qwen3");
        DecoderSizes sizes =
                new DecoderDefaults(32_768, 1e-6, OptionalInt.of(32), OptionalInt.of(128), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        SlidingLayers sliding = SlidingLayers.readLate(config, sizes.layers());
        boolean bias = config.flag("attention_bias", false);
        int hiddenWidth = config.integer("intermediate_size");
        return config.valid("Qwen3", () -> new Qwen3Spec(sizes, hiddenWidth, rotary, sliding, bias));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Qwen3Spec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "qwen3");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        spec.sliding().writeLate(config);
        config.put("attention_bias", spec.bias());
        return config;
    }
}
