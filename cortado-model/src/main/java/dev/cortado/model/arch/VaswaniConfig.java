package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Sinusoidal;
import java.util.Arrays;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/// [VaswaniSpec] in `config.json`: the keys of [BartConfig] where it has them. What is absent is as in the paper.
public final class VaswaniConfig {
    private VaswaniConfig() {}

    /// Reads the numbers.
    public static VaswaniSpec read(ConfigFile config) {
        int vocabSize = config.integer("vocab_size");
        int sourceVocabSize = config.integer("source_vocab_size", vocabSize);
        boolean shared = config.flag("shared_vocabulary", true);
        boolean tied = config.flag("tie_word_embeddings", true);
        boolean headBias = config.flag("head_bias", false);
        int contextLength = config.integer("max_position_embeddings", 512);
        int width = config.integer("d_model", 512);
        Activation activation = ActivationConfig.read(config, "activation_function", "relu");
        Sinusoidal.Order waves = waves(config);
        int firstPosition = config.integer("first_position", 0);
        boolean normFirst = config.flag("normalize_before", false);
        double normEpsilon = config.number("layer_norm_eps", 1e-6);
        int decoderStart = config.integer("decoder_start_token_id");
        return config.valid(
                "transformer",
                () -> new VaswaniSpec(
                        sourceVocabSize,
                        vocabSize,
                        shared,
                        tied,
                        headBias,
                        contextLength,
                        width,
                        sizes(config, "encoder"),
                        sizes(config, "decoder"),
                        activation,
                        waves,
                        firstPosition,
                        normFirst,
                        normEpsilon,
                        decoderStart));
    }

    private static Sinusoidal.Order waves(ConfigFile config) {
        String name = config.string("position_waves", spelled(Sinusoidal.Order.INTERLEAVED));
        return Arrays.stream(Sinusoidal.Order.values())
                .filter(order -> spelled(order).equals(name))
                .findFirst()
                .orElseThrow(() -> config.problem("has position_waves " + name + "; known are "
                        + String.join(
                                ", ",
                                Arrays.stream(Sinusoidal.Order.values())
                                        .map(VaswaniConfig::spelled)
                                        .toList())));
    }

    private static String spelled(Sinusoidal.Order order) {
        return order.name().toLowerCase(Locale.ROOT);
    }

    private static StackSizes sizes(ConfigFile config, String stack) {
        return new StackSizes(
                config.integer(stack + "_layers", 6),
                config.integer(stack + "_attention_heads", 8),
                config.integer(stack + "_ffn_dim", 2048));
    }

    /// The same, written.
    public static ObjectNode write(VaswaniSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "cortado_transformer");
        config.put("is_encoder_decoder", true);
        config.put("vocab_size", spec.vocabSize());
        config.put("source_vocab_size", spec.sourceVocabSize());
        config.put("shared_vocabulary", spec.sharedVocabulary());
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("head_bias", spec.headBias());
        config.put("max_position_embeddings", spec.contextLength());
        config.put("d_model", spec.width());
        write(spec.encoder(), "encoder", config);
        write(spec.decoder(), "decoder", config);
        config.put("activation_function", ActivationConfig.name(spec.activation()));
        config.put("position_waves", spelled(spec.waves()));
        config.put("first_position", spec.firstPosition());
        config.put("normalize_before", spec.normFirst());
        config.put("layer_norm_eps", spec.normEpsilon());
        config.put("decoder_start_token_id", spec.decoderStart());
        config.put("torch_dtype", "float32");
        return config;
    }

    private static void write(StackSizes sizes, String stack, ObjectNode config) {
        config.put(stack + "_layers", sizes.layers());
        config.put(stack + "_attention_heads", sizes.heads());
        config.put(stack + "_ffn_dim", sizes.hiddenWidth());
    }
}
