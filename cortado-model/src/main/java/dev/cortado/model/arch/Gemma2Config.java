package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [Gemma2Spec] in the spelling of Hugging Face's `config.json`.
public final class Gemma2Config {
    private static final DecoderDefaults DEFAULTS =
            new DecoderDefaults(8192, 1e-6, OptionalInt.of(4), OptionalInt.of(256), true);

    private Gemma2Config() {}

    /// Reads the numbers; a feature that [Gemma2] does not have is refused rather than ignored.
    public static Gemma2Spec read(ConfigFile config) {
        GemmaConfig.requireGemma(config);
        DecoderSizes sizes = DEFAULTS.read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        SlidingLayers sliding = SlidingLayers.read(config, window(config), sizes.layers(), i -> i % 2 == 0);
        GemmaScores scores = GemmaScores.read(config, OptionalDouble.of(50));
        OptionalDouble finalCap = GemmaScores.cap(config, "final_logit_softcapping", OptionalDouble.of(30));
        boolean bias = config.flag("attention_bias", false);
        int hiddenWidth = config.integer("intermediate_size");
        return config.valid(
                "Gemma2", () -> new Gemma2Spec(sizes, hiddenWidth, rotary, sliding, bias, scores, finalCap));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Gemma2Spec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "gemma2");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        GemmaConfig.writeActivation(config);
        config.put("attention_bias", spec.bias());
        spec.scores().write(config);
        GemmaScores.writeCap(config, "final_logit_softcapping", spec.finalCap());
        spec.sliding().writeWindow(config);
        return config;
    }

    /// Tokens that sliding layers see; absent, as many as in the first Gemma 2.
    static OptionalInt window(ConfigFile config) {
        return config.isNull("sliding_window")
                ? OptionalInt.empty()
                : OptionalInt.of(config.integer("sliding_window", 4096));
    }
}
