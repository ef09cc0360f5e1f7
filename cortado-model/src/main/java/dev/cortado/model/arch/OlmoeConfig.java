package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [OlmoeSpec] in the spelling of Hugging Face's `config.json`.
public final class OlmoeConfig {
    private OlmoeConfig() {}

    /// Reads the numbers; a feature that [Olmoe] does not have is refused rather than ignored.
    public static OlmoeSpec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Olmoe");
        DecoderSizes sizes =
                new DecoderDefaults(4096, 1e-5, OptionalInt.empty(), OptionalInt.empty(), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        return config.valid("Olmoe", () -> {
            OptionalDouble clip =
                    config.has("clip_qkv") ? OptionalDouble.of(config.number("clip_qkv", 0)) : OptionalDouble.empty();
            var experts = new Experts(
                    config.integer("num_experts", 64),
                    config.integer("num_experts_per_tok", 8),
                    config.integer("intermediate_size"),
                    config.flag("norm_topk_prob", false),
                    config.number("router_aux_loss_coef", 0.01));
            return new OlmoeSpec(sizes, rotary, clip, config.flag("attention_bias", false), experts);
        });
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(OlmoeSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "olmoe");
        spec.sizes().write(config);
        RopeConfig.write(spec.rotary(), config);
        if (spec.clip().isPresent()) {
            config.put("clip_qkv", spec.clip().getAsDouble());
        } else {
            config.putNull("clip_qkv");
        }
        config.put("attention_bias", spec.bias());
        spec.experts().write(config, "intermediate_size");
        return config;
    }
}
