package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [Gemma3Spec] in the spelling of Hugging Face's `config.json`.
public final class Gemma3Config {
    private static final DecoderDefaults DEFAULTS =
            new DecoderDefaults(131_072, 1e-6, OptionalInt.of(4), OptionalInt.of(256), true);

    private Gemma3Config() {}

    /// Reads the numbers; a feature that [Gemma3] does not have is refused rather than ignored.
    public static Gemma3Spec read(ConfigFile config) {
        GemmaConfig.requireGemma(config);
        DecoderSizes sizes = DEFAULTS.read(config);
        int headDim = sizes.headDim();
        int context = sizes.contextLength();
        Rotary olderRotary = RopeConfig.readOlder(config, headDim, 1_000_000, context);
        double localTheta = config.number("rope_local_base_freq", 10_000);
        Rotary olderLocal = config.valid("rotary position", () -> Rotary.of(headDim, localTheta));
        Rotary rotary = RopeConfig.readKind(config, "full_attention", headDim, context, olderRotary);
        Rotary local = RopeConfig.readKind(config, "sliding_attention", headDim, context, olderLocal);
        int pattern = config.integer("sliding_window_pattern", config.integer("_sliding_window_pattern", 6));
        if (pattern < 1) {
            throw config.problem("has sliding_window_pattern " + pattern + ", which is not positive");
        }
        SlidingLayers sliding =
                SlidingLayers.read(config, Gemma2Config.window(config), sizes.layers(), i -> (i + 1) % pattern != 0);
        GemmaScores scores = GemmaScores.read(config, OptionalDouble.empty());
        OptionalDouble finalCap = GemmaScores.cap(config, "final_logit_softcapping", OptionalDouble.empty());
        boolean bias = config.flag("attention_bias", false);
        int hiddenWidth = config.integer("intermediate_size");
        return config.valid(
                "Gemma3", () -> new Gemma3Spec(sizes, hiddenWidth, rotary, local, sliding, bias, scores, finalCap));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Gemma3Spec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "gemma3_text");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        writeRotary(spec, config);
        GemmaConfig.writeActivation(config);
        config.put("attention_bias", spec.bias());
        spec.scores().write(config);
        GemmaScores.writeCap(config, "final_logit_softcapping", spec.finalCap());
        spec.sliding().writeWindow(config);
        return config;
    }

    /// In the older spelling, which has no scaling for layers with windows; where there is one, in the newer too.
    private static void writeRotary(Gemma3Spec spec, ObjectNode config) {
        RopeConfig.write(spec.rotary(), config);
        config.put("rope_local_base_freq", spec.localRotary().theta());
        if (!(spec.localRotary().scaling() instanceof RopeScaling.None)) {
            ObjectNode kinds = config.putObject("rope_parameters");
            RopeConfig.writeNewer(spec.rotary(), kinds.putObject("full_attention"), spec.contextLength());
            RopeConfig.writeNewer(spec.localRotary(), kinds.putObject("sliding_attention"), spec.contextLength());
        }
    }
}
