package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [Phi3Spec] in the spelling of Hugging Face's `config.json`.
public final class Phi3Config {
    private Phi3Config() {}

    /// Reads the numbers; a feature that [Phi3] does not have is refused rather than ignored.
    public static Phi3Spec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Phi3");
        DecoderSizes sizes =
                new DecoderDefaults(4096, 1e-5, OptionalInt.empty(), OptionalInt.empty(), false).read(config);
        int turning = (int) (sizes.headDim() * RopeConfig.partialFactor(config, 1));
        Rotary rotary = RopeConfig.read(config, turning, 10_000, sizes.contextLength());
        OptionalInt window =
                config.has("sliding_window") ? OptionalInt.of(config.integer("sliding_window")) : OptionalInt.empty();
        int hiddenWidth = config.integer("intermediate_size");
        return config.valid("Phi3", () -> new Phi3Spec(sizes, hiddenWidth, rotary, window));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Phi3Spec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "phi3");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        config.put(
                "partial_rotary_factor",
                partialFactor(spec.rotary().rotaryDim(), spec.sizes().headDim()));
        spec.window().ifPresentOrElse(w -> config.put("sliding_window", w), () -> config.putNull("sliding_window"));
        // What stands for its absence is an id that a small vocabulary does not have.
        config.putNull("pad_token_id");
        return config;
    }

    /// The least part of the channels that is not rounded down to fewer than these.
    private static double partialFactor(int turning, int headDim) {
        double part = (double) turning / headDim;
        return (int) (headDim * part) < turning ? Math.nextUp(part) : part;
    }
}
