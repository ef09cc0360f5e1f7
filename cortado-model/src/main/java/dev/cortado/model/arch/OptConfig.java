package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import tools.jackson.databind.node.ObjectNode;

/// [OptSpec] in the spelling of Hugging Face's `config.json`.
public final class OptConfig {
    private OptConfig() {}

    /// Reads the numbers.
    public static OptSpec read(ConfigFile config) {
        int vocabSize = config.integer("vocab_size", 50272);
        int contextLength = config.integer("max_position_embeddings", 2048);
        int width = config.integer("hidden_size", 768);
        int embeddingWidth = config.integer("word_embed_proj_dim", width);
        int layers = config.integer("num_hidden_layers", 12);
        int heads = config.integer("num_attention_heads", 12);
        int hiddenWidth = config.integer("ffn_dim", 3072);
        var activation = ActivationConfig.read(config, "activation_function", "relu");
        boolean normFirst = config.flag("do_layer_norm_before", true);
        // Models trained with old versions of Hugging Face's code lack the last norm.
        boolean finalNorm = normFirst && !config.flag("_remove_final_layer_norm", false);
        boolean bias = config.flag("enable_bias", true);
        boolean affineNorms = config.flag("layer_norm_elementwise_affine", true);
        boolean tiedHead = config.flag("tie_word_embeddings", true);
        return config.valid(
                "OPT",
                () -> new OptSpec(
                        vocabSize,
                        contextLength,
                        width,
                        embeddingWidth,
                        layers,
                        heads,
                        hiddenWidth,
                        activation,
                        normFirst,
                        finalNorm,
                        bias,
                        affineNorms,
                        tiedHead));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(OptSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "opt");
        config.put("vocab_size", spec.vocabSize());
        config.put("max_position_embeddings", spec.contextLength());
        config.put("hidden_size", spec.width());
        config.put("word_embed_proj_dim", spec.embeddingWidth());
        config.put("num_hidden_layers", spec.layers());
        config.put("num_attention_heads", spec.heads());
        config.put("ffn_dim", spec.hiddenWidth());
        config.put("activation_function", ActivationConfig.name(spec.activation()));
        config.put("do_layer_norm_before", spec.normFirst());
        config.put("_remove_final_layer_norm", spec.normFirst() && !spec.finalNorm());
        config.put("enable_bias", spec.bias());
        config.put("layer_norm_elementwise_affine", spec.affineNorms());
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("attention_dropout", 0.0);
        config.put("dropout", 0.0);
        config.put("layerdrop", 0.0);
        config.put("init_std", 0.02);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        return config;
    }
}
