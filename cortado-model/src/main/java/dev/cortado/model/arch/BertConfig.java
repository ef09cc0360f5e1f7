package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import tools.jackson.databind.node.ObjectNode;

/// [BertSpec] in the spelling of Hugging Face's `config.json`.
public final class BertConfig {
    private BertConfig() {}

    /// Reads the numbers; a feature that [Bert] does not have is refused rather than ignored.
    public static BertSpec read(ConfigFile config) {
        EncoderTask task = EncoderTask.read(config, "Bert");
        EncoderSizes sizes = readSizes(config, config.integer("vocab_size", 30_522));
        int textTypes = config.integer("type_vocab_size", 2);
        double normEpsilon = config.number("layer_norm_eps", 1e-12);
        return config.valid("encoder", () -> new BertSpec(sizes, textTypes, normEpsilon, task));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(BertSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "bert");
        writeSizes(spec.sizes(), config);
        config.put("type_vocab_size", spec.textTypes());
        config.put("layer_norm_eps", spec.normEpsilon());
        spec.task().write(config);
        return config;
    }

    /// The sizes in the spelling that BERT and RoBERTa share.
    static EncoderSizes readSizes(ConfigFile config, int vocabSize) {
        EncoderSizes.refuseOthers(config);
        int positions = config.integer("max_position_embeddings", 512);
        int width = config.integer("hidden_size", 768);
        int layers = config.integer("num_hidden_layers", 12);
        int heads = config.integer("num_attention_heads", 12);
        int hiddenWidth = config.integer("intermediate_size", 3072);
        var activation = ActivationConfig.read(config, "hidden_act", "gelu");
        return config.valid(
                "encoder", () -> new EncoderSizes(vocabSize, positions, width, layers, heads, hiddenWidth, activation));
    }

    /// Writes what [#readSizes] reads, and the settings of training that others expect.
    static void writeSizes(EncoderSizes sizes, ObjectNode config) {
        config.put("vocab_size", sizes.vocabSize());
        config.put("max_position_embeddings", sizes.positions());
        config.put("hidden_size", sizes.width());
        config.put("num_hidden_layers", sizes.layers());
        config.put("num_attention_heads", sizes.heads());
        config.put("intermediate_size", sizes.hiddenWidth());
        config.put("hidden_act", ActivationConfig.name(sizes.activation()));
        config.put("position_embedding_type", "absolute");
        config.put("attention_probs_dropout_prob", 0.1);
        config.put("hidden_dropout_prob", 0.1);
        config.put("initializer_range", 0.02);
        config.put("torch_dtype", "float32");
    }
}
