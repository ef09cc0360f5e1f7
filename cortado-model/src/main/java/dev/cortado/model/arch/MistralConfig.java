package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [MistralSpec] in the spelling of Hugging Face's `config.json`.
public final class MistralConfig {
    private MistralConfig() {}

    /// Reads the numbers; a feature that [Mistral] does not have is refused rather than ignored.
    public static MistralSpec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Mistral");
        DecoderSizes sizes =
                new DecoderDefaults(131_072, 1e-6, OptionalInt.of(8), OptionalInt.empty(), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        // Absent, it is that of the first Mistral; later ones say null.
        OptionalInt window = config.isNull("sliding_window")
                ? OptionalInt.empty()
                : OptionalInt.of(config.integer("sliding_window", 4096));
        int hiddenWidth = config.integer("intermediate_size");
        return config.valid("Mistral", () -> new MistralSpec(sizes, hiddenWidth, rotary, window));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(MistralSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "mistral");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        spec.window().ifPresentOrElse(w -> config.put("sliding_window", w), () -> config.putNull("sliding_window"));
        return config;
    }
}
