package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [Qwen3MoeSpec] in the spelling of Hugging Face's `config.json`.
public final class Qwen3MoeConfig {
    private Qwen3MoeConfig() {}

    /// Reads the numbers; a feature that [Qwen3Moe] does not have is refused rather than ignored.
    public static Qwen3MoeSpec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Qwen3Moe");
        DecoderSizes sizes =
                new DecoderDefaults(32768, 1e-6, OptionalInt.of(4), OptionalInt.empty(), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        return config.valid("Qwen3Moe", () -> {
            var experts = new Experts(
                    config.integer("num_experts", 128),
                    config.integer("num_experts_per_tok", 8),
                    config.integer("moe_intermediate_size", 768),
                    config.flag("norm_topk_prob", false),
                    config.number("router_aux_loss_coef", 0.001));
            return new Qwen3MoeSpec(
                    sizes,
                    rotary,
                    SlidingLayers.readLate(config, sizes.layers()),
                    config.flag("attention_bias", false),
                    experts,
                    DenseLayers.read(config));
        });
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Qwen3MoeSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "qwen3_moe");
        spec.sizes().write(config);
        RopeConfig.write(spec.rotary(), config);
        config.put("attention_bias", spec.bias());
        spec.sliding().writeLate(config);
        spec.dense().write(config);
        spec.experts().write(config, "moe_intermediate_size");
        return config;
    }
}
