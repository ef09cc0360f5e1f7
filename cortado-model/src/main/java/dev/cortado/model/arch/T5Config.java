package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;
import tools.jackson.databind.node.ObjectNode;

/// [T5Spec] in the spelling of Hugging Face's `config.json`.
public final class T5Config {
    private static final String ACTIVATION = "dense_act_fn";

    private T5Config() {}

    /// Reads the numbers; a feature that [T5] does not have is refused rather than ignored.
    public static T5Spec read(ConfigFile config) {
        String feedForward = config.string("feed_forward_proj", "relu");
        boolean gated = config.flag("is_gated_act", feedForward.startsWith("gated-"));
        Activation activation = activation(config, feedForward);
        int layers = config.integer("num_layers", 6);
        int vocabSize = config.integer("vocab_size", 32_128);
        int contextLength = config.integer("n_positions", 512);
        int width = config.integer("d_model", 512);
        int decoderLayers = config.integer("num_decoder_layers", layers);
        int heads = config.integer("num_heads", 8);
        int headDim = config.integer("d_kv", 64);
        int hiddenWidth = config.integer("d_ff", 2048);
        int buckets = config.integer("relative_attention_num_buckets", 32);
        int maxDistance = config.integer("relative_attention_max_distance", 128);
        double normEpsilon = config.number("layer_norm_epsilon", 1e-6);
        boolean tied = config.flag("tie_word_embeddings", true);
        int decoderStart = config.integer("decoder_start_token_id", config.integer("pad_token_id", 0));
        return config.valid(
                "T5",
                () -> new T5Spec(
                        vocabSize,
                        contextLength,
                        width,
                        decoderLayers,
                        layers,
                        heads,
                        headDim,
                        hiddenWidth,
                        activation,
                        gated,
                        buckets,
                        maxDistance,
                        normEpsilon,
                        tied,
                        decoderStart));
    }

    /// Reads the numbers of an encoder alone.
    public static T5EncoderSpec readEncoder(ConfigFile config) {
        return new T5EncoderSpec(read(config));
    }

    /// `dense_act_fn` where it is said; else what `feed_forward_proj` says, in which `gated-gelu`, older than
    /// the exact function, means the approximation that T5 1.1 has always had.
    private static Activation activation(ConfigFile config, String feedForward) {
        if (config.has(ACTIVATION)) {
            return ActivationConfig.read(config, ACTIVATION, "relu");
        }
        return switch (feedForward) {
            case "relu", "gated-relu" -> Activation.RELU;
            case "gelu_new", "gated-gelu", "gated-gelu_new" -> Activation.GELU_TANH;
            case "gelu" -> Activation.GELU;
            case "silu", "gated-silu", "swish", "gated-swish" -> Activation.SILU;
            case "tanh", "gated-tanh" -> Activation.TANH;
            case "quick_gelu", "gated-quick_gelu" -> Activation.GELU_SIGMOID;
            default ->
                throw config.problem("has feed_forward_proj " + feedForward + ", which is not known here; known are"
                        + " relu, gelu, gelu_new, quick_gelu, silu and tanh, and these after 'gated-'");
        };
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
        // A gate with the exact function has no name of its own, but for the key that says it in full.
        String activation = ActivationConfig.name(spec.activation());
        String gate = spec.activation() == Activation.GELU_TANH ? "gelu" : activation;
        config.put("feed_forward_proj", spec.gated() ? "gated-" + gate : activation);
        config.put(ACTIVATION, activation);
        config.put("is_gated_act", spec.gated());
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
