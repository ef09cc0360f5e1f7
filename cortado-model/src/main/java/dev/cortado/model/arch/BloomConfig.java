package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import tools.jackson.databind.node.ObjectNode;

/// [BloomSpec] in the spelling of Hugging Face's `config.json`.
public final class BloomConfig {
    private BloomConfig() {}

    /// Reads the numbers.
    ///
    /// `n_inner`, `slow_but_exact` and what says how Megatron fused its kernels are of no consequence in Hugging
    /// Face's code either.
    public static BloomSpec read(ConfigFile config) {
        int vocabSize = config.integer("vocab_size", 250880);
        int contextLength = config.integer("seq_length", 2048);
        int width = config.integer("n_embed", config.integer("hidden_size", 64));
        int layers = config.integer("num_hidden_layers", config.integer("n_layer", 2));
        int heads = config.integer("num_attention_heads", config.integer("n_head", 8));
        double normEpsilon = config.number("layer_norm_epsilon", 1e-5);
        boolean residualsNormalised = config.flag("apply_residual_connection_post_layernorm", false);
        boolean tiedHead = config.flag("tie_word_embeddings", true);
        return config.valid(
                "BLOOM",
                () -> new BloomSpec(
                        vocabSize, contextLength, width, layers, heads, normEpsilon, residualsNormalised, tiedHead));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(BloomSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "bloom");
        config.put("vocab_size", spec.vocabSize());
        config.put("seq_length", spec.contextLength());
        config.put("hidden_size", spec.width());
        config.put("n_layer", spec.layers());
        config.put("n_head", spec.heads());
        config.put("layer_norm_epsilon", spec.normEpsilon());
        config.put("apply_residual_connection_post_layernorm", spec.residualsNormalised());
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("attention_dropout", 0.0);
        config.put("hidden_dropout", 0.0);
        config.put("initializer_range", 0.02);
        config.put("pretraining_tp", 1);
        config.put("slow_but_exact", false);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        return config;
    }
}
