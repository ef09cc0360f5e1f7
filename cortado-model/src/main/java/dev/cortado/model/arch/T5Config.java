package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;
import tools.jackson.databind.node.ObjectNode;

/// [T5Spec] in the spelling of Hugging Face's `config.json`.
public final class T5Config {
    private T5Config() {}

    /// Reads the numbers; a feature that [T5] does not have is refused rather than ignored.
    public static T5Spec read(ConfigFile config) {
        String feedForward = config.string("feed_forward_proj", "relu");
        boolean gated = feedForward.startsWith("gated-");
        Activation activation = switch (feedForward) {
            case "relu", "gated-relu" -> Activation.RELU;
            // The name is older than the exact form: T5 1.1 has always had the
            // approximation.
            case "gated-gelu", "gelu_new", "gated-gelu_new" -> Activation.GELU_TANH;
            case "gelu" -> Activation.GELU;
            case "silu", "gated-silu", "swish", "gated-swish" -> Activation.SILU;
            default ->
                throw config.problem("has feed_forward_proj " + feedForward
                        + ", which is not known here; known are relu, gated-gelu, gelu, gelu_new, silu, gated-silu");
        };
        int layers = config.integer("num_layers");
        try {
            return new T5Spec(
                    config.integer("vocab_size"),
                    config.integer("n_positions", 512),
                    config.integer("d_model"),
                    config.integer("num_decoder_layers", layers),
                    layers,
                    config.integer("num_heads"),
                    config.integer("d_kv", 64),
                    config.integer("d_ff"),
                    activation,
                    gated,
                    config.integer("relative_attention_num_buckets", 32),
                    config.integer("relative_attention_max_distance", 128),
                    config.number("layer_norm_epsilon", 1e-6),
                    config.flag("tie_word_embeddings", true),
                    config.integer("decoder_start_token_id", config.integer("pad_token_id", 0)));
        } catch (IllegalArgumentException e) {
            throw e.getMessage().contains("config.json") ? e : config.problem("is not a valid T5: " + e.getMessage());
        }
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(T5Spec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "t5");
        config.put("is_encoder_decoder", true);
        config.put("vocab_size", spec.vocabSize());
        config.put("n_positions", spec.contextLength());
        config.put("d_model", spec.width());
        config.put("num_layers", spec.encoderLayers());
        config.put("num_decoder_layers", spec.layers());
        config.put("num_heads", spec.heads());
        config.put("d_kv", spec.headDim());
        config.put("d_ff", spec.hiddenWidth());
        String activation = switch (spec.activation()) {
            case RELU -> "relu";
            case GELU -> "gelu";
            case GELU_TANH -> spec.gated() ? "gelu" : "gelu_new";
            case SILU -> "silu";
            case GELU_SIGMOID, TANH -> throw new IllegalArgumentException("a T5 has no " + spec.activation());
        };
        config.put("feed_forward_proj", spec.gated() ? "gated-" + activation : activation);
        config.put("relative_attention_num_buckets", spec.buckets());
        config.put("relative_attention_max_distance", spec.maxDistance());
        config.put("layer_norm_epsilon", spec.normEpsilon());
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("decoder_start_token_id", spec.decoderStart());
        config.put("pad_token_id", spec.decoderStart());
        config.put("dropout_rate", 0.0);
        config.put("initializer_factor", 1.0);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        return config;
    }
}
