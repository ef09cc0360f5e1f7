package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import tools.jackson.databind.node.ObjectNode;

/// [LlamaSpec] in the spelling of Hugging Face's `config.json`.
public final class LlamaConfig {
    private LlamaConfig() {}

    /// Reads the numbers; a feature that [Llama] does not have is refused rather than ignored.
    public static LlamaSpec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Llama");
        int width = config.integer("hidden_size");
        int heads = config.integer("num_attention_heads");
        if (!config.has("head_dim") && (heads <= 0 || width % heads != 0)) {
            throw config.problem(
                    "has hidden_size " + width + ", which num_attention_heads " + heads + " does not divide");
        }
        int vocabSize = config.integer("vocab_size");
        int contextLength = config.integer("max_position_embeddings", 2048);
        int layers = DecoderDefaults.layers(config);
        int kvHeads = config.integer("num_key_value_heads", heads);
        int headDim = config.has("head_dim") ? config.integer("head_dim") : width / heads;
        int hiddenWidth = config.integer("intermediate_size");
        double normEpsilon = config.number("rms_norm_eps", 1e-6);
        Rotary rotary = RopeConfig.read(config, headDim, 10_000, contextLength);
        boolean tiedHead = config.flag("tie_word_embeddings", false);
        var biases = new LlamaSpec.Biases(config.flag("attention_bias", false), config.flag("mlp_bias", false));
        return config.valid(
                "Llama",
                () -> new LlamaSpec(
                        vocabSize,
                        contextLength,
                        width,
                        layers,
                        heads,
                        kvHeads,
                        headDim,
                        hiddenWidth,
                        normEpsilon,
                        rotary.theta(),
                        tiedHead,
                        rotary.scaling(),
                        biases));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(LlamaSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "llama");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        config.put("attention_bias", spec.biases().attention());
        config.put("mlp_bias", spec.biases().feedForward());
        return config;
    }
}
