package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [Qwen2Spec] in the spelling of Hugging Face's `config.json`.
public final class Qwen2Config {
    private Qwen2Config() {}

    /// Reads the numbers; a feature that [Qwen2] does not have is refused rather than ignored.
    public static Qwen2Spec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Qwen2");
        DecoderSizes sizes =
                new DecoderDefaults(32_768, 1e-6, OptionalInt.of(32), OptionalInt.empty(), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        SlidingLayers sliding = SlidingLayers.readLate(config, sizes.layers());
        int hiddenWidth = config.integer("intermediate_size");
        return config.valid("Qwen2", () -> new Qwen2Spec(sizes, hiddenWidth, rotary, sliding));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Qwen2Spec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "qwen2");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        spec.sliding().writeLate(config);
        return config;
    }
}
