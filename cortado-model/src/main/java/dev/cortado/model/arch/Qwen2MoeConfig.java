package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [Qwen2MoeSpec] in the spelling of Hugging Face's `config.json`.
public final class Qwen2MoeConfig {
    private Qwen2MoeConfig() {}

    /// Reads the numbers; a feature that [Qwen2Moe] does not have is refused rather than ignored.
    public static Qwen2MoeSpec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Qwen2Moe");
        DecoderSizes sizes =
                new DecoderDefaults(32768, 1e-6, OptionalInt.of(16), OptionalInt.empty(), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        return config.valid("Qwen2Moe", () -> {
            var experts = new Experts(
                    config.integer("num_experts", 60),
                    config.integer("num_experts_per_tok", 4),
                    config.integer("moe_intermediate_size", 1408),
                    config.flag("norm_topk_prob", false),
                    config.number("router_aux_loss_coef", 0.001));
            return new Qwen2MoeSpec(
                    sizes,
                    rotary,
                    SlidingLayers.readLate(config, sizes.layers()),
                    config.flag("qkv_bias", true),
                    experts,
                    config.integer("shared_expert_intermediate_size", 5632),
                    DenseLayers.read(config));
        });
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Qwen2MoeSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "qwen2_moe");
        spec.sizes().write(config);
        RopeConfig.write(spec.rotary(), config);
        config.put("qkv_bias", spec.bias());
        config.put("shared_expert_intermediate_size", spec.sharedWidth());
        spec.sliding().writeLate(config);
        spec.dense().write(config);
        spec.experts().write(config, "moe_intermediate_size");
        return config;
    }
}
