package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [MixtralSpec] in the spelling of Hugging Face's `config.json`.
public final class MixtralConfig {
    private MixtralConfig() {}

    /// Reads the numbers; a feature that [Mixtral] does not have is refused rather than ignored.
    public static MixtralSpec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Mixtral");
        DecoderSizes sizes =
                new DecoderDefaults(131072, 1e-5, OptionalInt.of(8), OptionalInt.empty(), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 1_000_000, sizes.contextLength());
        return config.valid("Mixtral", () -> {
            OptionalInt window = config.has("sliding_window")
                    ? OptionalInt.of(config.integer("sliding_window"))
                    : OptionalInt.empty();
            var experts = new Experts(
                    config.integer("num_local_experts", 8),
                    config.integer("num_experts_per_tok", 2),
                    config.integer("intermediate_size"),
                    true,
                    config.number("router_aux_loss_coef", 0.001));
            return new MixtralSpec(sizes, rotary, window, experts);
        });
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(MixtralSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "mixtral");
        spec.sizes().write(config);
        RopeConfig.write(spec.rotary(), config);
        if (spec.window().isPresent()) {
            config.put("sliding_window", spec.window().getAsInt());
        } else {
            config.putNull("sliding_window");
        }
        config.put("intermediate_size", spec.experts().hiddenWidth());
        config.put("num_local_experts", spec.experts().count());
        config.put("num_experts_per_tok", spec.experts().chosen());
        config.put("router_aux_loss_coef", spec.experts().routerLoss());
        return config;
    }
}
