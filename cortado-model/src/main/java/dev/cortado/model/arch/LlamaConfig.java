package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import tools.jackson.databind.node.ObjectNode;

/// [LlamaSpec] in the spelling of Hugging Face's `config.json`.
public final class LlamaConfig {
    private LlamaConfig() {}

    /// Reads the numbers; a feature that [Llama] does not have is refused rather than ignored.
    public static LlamaSpec read(ConfigFile config) {
        refuse(config, config.flag("attention_bias", false), "attention_bias");
        refuse(config, config.flag("mlp_bias", false), "mlp_bias");
        refuse(config, config.has("rope_scaling"), "rope_scaling");
        refuse(config, config.has("sliding_window"), "sliding_window");
        // Where newer writers keep theta and the scaling; read as if it were empty, the angles would be
        // silently wrong.
        refuse(config, config.has("rope_parameters"), "rope_parameters");
        String activation = config.string("hidden_act", "silu");
        if (!activation.equals("silu")) {
            throw config.problem("has hidden_act " + activation + "; a Llama has silu");
        }
        int width = config.integer("hidden_size");
        int heads = config.integer("num_attention_heads");
        if (!config.has("head_dim") && (heads <= 0 || width % heads != 0)) {
            throw config.problem(
                    "has hidden_size " + width + ", which num_attention_heads " + heads + " does not divide");
        }
        int vocabSize = config.integer("vocab_size");
        int contextLength = config.integer("max_position_embeddings", 2048);
        int layers = config.integer("num_hidden_layers");
        int kvHeads = config.integer("num_key_value_heads", heads);
        int headDim = config.has("head_dim") ? config.integer("head_dim") : width / heads;
        int hiddenWidth = config.integer("intermediate_size");
        double normEpsilon = config.number("rms_norm_eps", 1e-6);
        double ropeTheta = config.number("rope_theta", 10_000);
        boolean tiedHead = config.flag("tie_word_embeddings", false);
        try {
            return new LlamaSpec(
                    vocabSize,
                    contextLength,
                    width,
                    layers,
                    heads,
                    kvHeads,
                    headDim,
                    hiddenWidth,
                    normEpsilon,
                    ropeTheta,
                    tiedHead);
        } catch (IllegalArgumentException e) {
            throw config.problem("is not a valid Llama: " + e.getMessage());
        }
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(LlamaSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "llama");
        config.put("vocab_size", spec.vocabSize());
        config.put("max_position_embeddings", spec.contextLength());
        config.put("hidden_size", spec.width());
        config.put("num_hidden_layers", spec.layers());
        config.put("num_attention_heads", spec.heads());
        config.put("num_key_value_heads", spec.kvHeads());
        config.put("head_dim", spec.headDim());
        config.put("intermediate_size", spec.hiddenWidth());
        config.put("rms_norm_eps", spec.normEpsilon());
        config.put("rope_theta", spec.ropeTheta());
        config.putNull("rope_scaling");
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("hidden_act", "silu");
        config.put("attention_bias", false);
        config.put("attention_dropout", 0.0);
        config.put("mlp_bias", false);
        config.put("initializer_range", 0.02);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        return config;
    }

    private static void refuse(ConfigFile config, boolean present, String key) {
        if (present) {
            throw config.problem("sets '" + key + "', which this Llama does not have");
        }
    }
}
