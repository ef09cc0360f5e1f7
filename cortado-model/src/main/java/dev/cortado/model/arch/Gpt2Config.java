package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import tools.jackson.databind.node.ObjectNode;

/// [Gpt2Spec] in the spelling of Hugging Face's `config.json`.
public final class Gpt2Config {
    private Gpt2Config() {}

    /// Reads the numbers; a feature that [Gpt2] does not have is refused rather than ignored.
    ///
    /// `reorder_and_upcast_attn` orders the same operations otherwise and is of no consequence.
    public static Gpt2Spec read(ConfigFile config) {
        if (config.flag("add_cross_attention", false)) {
            throw config.problem("sets 'add_cross_attention', which this GPT-2 does not have");
        }
        int width = config.integer("hidden_size", config.integer("n_embd", 768));
        int vocabSize = config.integer("vocab_size", 50257);
        int contextLength = config.integer("max_position_embeddings", config.integer("n_positions", 1024));
        int layers = config.integer("num_hidden_layers", config.integer("n_layer", 12));
        int heads = config.integer("num_attention_heads", config.integer("n_head", 12));
        int hiddenWidth = config.integer("n_inner", 4 * width);
        var activation = ActivationConfig.read(config, "activation_function", "gelu_new");
        double normEpsilon = config.number("layer_norm_epsilon", 1e-5);
        boolean scaledByRoot = config.flag("scale_attn_weights", true);
        boolean scaledByDepth = config.flag("scale_attn_by_inverse_layer_idx", false);
        boolean tiedHead = config.flag("tie_word_embeddings", true);
        return config.valid(
                "GPT-2",
                () -> new Gpt2Spec(
                        vocabSize,
                        contextLength,
                        width,
                        layers,
                        heads,
                        hiddenWidth,
                        activation,
                        normEpsilon,
                        scaledByRoot,
                        scaledByDepth,
                        tiedHead));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(Gpt2Spec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "gpt2");
        config.put("vocab_size", spec.vocabSize());
        config.put("n_positions", spec.contextLength());
        config.put("n_ctx", spec.contextLength());
        config.put("n_embd", spec.width());
        config.put("n_layer", spec.layers());
        config.put("n_head", spec.heads());
        config.put("n_inner", spec.hiddenWidth());
        config.put("activation_function", ActivationConfig.name(spec.activation()));
        config.put("layer_norm_epsilon", spec.normEpsilon());
        config.put("scale_attn_weights", spec.scaledByRoot());
        config.put("scale_attn_by_inverse_layer_idx", spec.scaledByDepth());
        config.put("reorder_and_upcast_attn", false);
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("attn_pdrop", 0.0);
        config.put("embd_pdrop", 0.0);
        config.put("resid_pdrop", 0.0);
        config.put("initializer_range", 0.02);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        return config;
    }
}
