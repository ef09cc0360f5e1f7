package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import tools.jackson.databind.node.ObjectNode;

/// [DistilBertSpec] in the spelling of Hugging Face's `config.json`.
public final class DistilBertConfig {
    private DistilBertConfig() {}

    /// Reads the numbers, also by the names that other architectures give them; a feature that [DistilBert] does
    /// not have is refused rather than ignored.
    public static DistilBertSpec read(ConfigFile config) {
        EncoderTask task = EncoderTask.read(config, "DistilBert");
        EncoderSizes.refuseOthers(config);
        int vocabSize = config.integer("vocab_size", 30_522);
        int positions = config.integer("max_position_embeddings", 512);
        int width = config.integer("dim", config.integer("hidden_size", 768));
        int layers = config.integer("n_layers", config.integer("num_hidden_layers", 6));
        int heads = config.integer("n_heads", config.integer("num_attention_heads", 12));
        int hiddenWidth = config.integer("hidden_dim", 3072);
        var activation = ActivationConfig.read(config, "activation", "gelu");
        boolean sinusoidal = config.flag("sinusoidal_pos_embds", false);
        return config.valid(
                "encoder",
                () -> new DistilBertSpec(
                        new EncoderSizes(vocabSize, positions, width, layers, heads, hiddenWidth, activation),
                        sinusoidal,
                        task));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(DistilBertSpec spec) {
        EncoderSizes sizes = spec.sizes();
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "distilbert");
        config.put("vocab_size", sizes.vocabSize());
        config.put("max_position_embeddings", sizes.positions());
        config.put("dim", sizes.width());
        config.put("n_layers", sizes.layers());
        config.put("n_heads", sizes.heads());
        config.put("hidden_dim", sizes.hiddenWidth());
        config.put("activation", ActivationConfig.name(sizes.activation()));
        config.put("sinusoidal_pos_embds", spec.sinusoidal());
        config.put("attention_dropout", 0.1);
        config.put("dropout", 0.1);
        config.put("initializer_range", 0.02);
        config.put("torch_dtype", "float32");
        spec.task().write(config);
        return config;
    }
}
