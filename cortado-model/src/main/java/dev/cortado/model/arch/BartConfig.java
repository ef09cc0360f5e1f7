package dev.cortado.model.arch;

import dev.cortado.model.arch.BartSpec.Family;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/// [BartSpec] in the spelling of Hugging Face's `config.json`.
public final class BartConfig {
    private BartConfig() {}

    /// Reads the numbers of a BART; a feature that [Bart] does not have is refused rather than ignored.
    public static BartSpec read(ConfigFile config) {
        return read(config, Family.BART, config.integer("decoder_start_token_id", 2));
    }

    /// Reads the numbers of an mBART, likewise. Where nothing says what the decoder begins with, it is the id
    /// that begins texts.
    public static BartSpec readMBart(ConfigFile config) {
        int begin = config.integer("bos_token_id", 0);
        return read(config, Family.MBART, config.integer("decoder_start_token_id", begin));
    }

    private static BartSpec read(ConfigFile config, Family family, int decoderStart) {
        boolean normFirst = family == Family.MBART;
        // Settings of the first published files, before the two families had a name each.
        expect(config, "normalize_before", normFirst);
        expect(config, "add_final_layer_norm", normFirst);
        expect(config, "normalize_embedding", true);
        expect(config, "static_position_embeddings", false);
        int vocabSize = config.integer("vocab_size", 50_265);
        int contextLength = config.integer("max_position_embeddings", 1024);
        int width = config.integer("d_model", 1024);
        Activation activation = ActivationConfig.read(config, "activation_function", "gelu");
        boolean scaled = config.flag("scale_embedding", false);
        boolean tied = config.flag("tie_word_embeddings", true);
        return config.valid(
                "BART",
                () -> new BartSpec(
                        family,
                        vocabSize,
                        contextLength,
                        width,
                        sizes(config, "encoder"),
                        sizes(config, "decoder"),
                        activation,
                        scaled,
                        tied,
                        decoderStart));
    }

    private static void expect(ConfigFile config, String key, boolean usual) {
        if (config.flag(key, usual) != usual) {
            throw config.problem("sets '" + key + "' to " + !usual + ", which its architecture does not have here");
        }
    }

    private static StackSizes sizes(ConfigFile config, String stack) {
        return new StackSizes(
                config.integer(stack + "_layers", 12),
                config.integer(stack + "_attention_heads", 16),
                config.integer(stack + "_ffn_dim", 4096));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(BartSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", spec.family().name().toLowerCase(Locale.ROOT));
        config.put("is_encoder_decoder", true);
        config.put("vocab_size", spec.vocabSize());
        config.put("max_position_embeddings", spec.contextLength());
        config.put("d_model", spec.width());
        write(spec.encoder(), "encoder", config);
        write(spec.decoder(), "decoder", config);
        config.put("num_hidden_layers", spec.encoder().layers());
        config.put("activation_function", ActivationConfig.name(spec.activation()));
        config.put("scale_embedding", spec.scaledEmbeddings());
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("decoder_start_token_id", spec.decoderStart());
        config.put("dropout", 0.1);
        config.put("attention_dropout", 0.0);
        config.put("activation_dropout", 0.0);
        config.put("init_std", 0.02);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        return config;
    }

    private static void write(StackSizes sizes, String stack, ObjectNode config) {
        config.put(stack + "_layers", sizes.layers());
        config.put(stack + "_attention_heads", sizes.heads());
        config.put(stack + "_ffn_dim", sizes.hiddenWidth());
        config.put(stack + "_layerdrop", 0.0);
    }
}
