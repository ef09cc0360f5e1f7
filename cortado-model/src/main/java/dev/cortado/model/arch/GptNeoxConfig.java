package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// [GptNeoxSpec] in the spelling of Hugging Face's `config.json`.
public final class GptNeoxConfig {
    private GptNeoxConfig() {}

    /// Reads the numbers.
    public static GptNeoxSpec read(ConfigFile config) {
        int vocabSize = config.integer("vocab_size", 50432);
        int contextLength = config.integer("max_position_embeddings", 2048);
        int width = config.integer("hidden_size", 6144);
        int layers = config.integer("num_hidden_layers", 44);
        int heads = config.integer("num_attention_heads", 64);
        int hiddenWidth = config.integer("intermediate_size", 24576);
        var activation = ActivationConfig.read(config, "hidden_act", "gelu");
        double normEpsilon = config.number("layer_norm_eps", 1e-5);
        boolean parallel = config.flag("use_parallel_residual", true);
        boolean attentionBias = config.flag("attention_bias", true);
        boolean tiedHead = config.flag("tie_word_embeddings", false);
        if (heads <= 0 || width % heads != 0) {
            throw config.problem(
                    "has hidden_size " + width + ", which num_attention_heads " + heads + " does not divide");
        }
        Rotary rotary = rotary(config, width / heads, contextLength);
        return config.valid(
                "GPT-NeoX",
                () -> new GptNeoxSpec(
                        vocabSize,
                        contextLength,
                        width,
                        layers,
                        heads,
                        hiddenWidth,
                        activation,
                        normEpsilon,
                        rotary,
                        parallel,
                        attentionBias,
                        tiedHead));
    }

    /// The part of each head that turns and the base of its frequencies have names of their own here, which
    /// count for more than the general ones, except for those of newer writers.
    private static Rotary rotary(ConfigFile config, int headDim, int contextLength) {
        Optional<ConfigFile> newer = config.inside("rope_parameters");
        double older = config.number("rotary_pct", config.number("partial_rotary_factor", 0.25));
        double part = newer.map(inside -> inside.number("partial_rotary_factor", older))
                .orElse(older);
        int channels = (int) (headDim * part);
        if (channels < 2 || channels > headDim || channels % 2 != 0) {
            throw config.problem("lets " + part + " of the " + headDim + " channels of each head turn, which is "
                    + channels + "; it must be an even number of them ('rotary_pct')");
        }
        Rotary rotary = RopeConfig.read(config, channels, 10_000, contextLength);
        boolean general = newer.map(inside -> inside.has("rope_theta")).orElse(false);
        double theta = general ? rotary.theta() : config.number("rotary_emb_base", rotary.theta());
        if (!(theta > 0)) {
            throw config.problem("has rotary_emb_base " + theta + ", which is not positive");
        }
        return new Rotary(rotary.rotaryDim(), theta, rotary.scaling(), rotary.pairing());
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(GptNeoxSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "gpt_neox");
        config.put("vocab_size", spec.vocabSize());
        config.put("max_position_embeddings", spec.contextLength());
        config.put("hidden_size", spec.width());
        config.put("num_hidden_layers", spec.layers());
        config.put("num_attention_heads", spec.heads());
        config.put("intermediate_size", spec.hiddenWidth());
        config.put("hidden_act", ActivationConfig.name(spec.activation()));
        config.put("layer_norm_eps", spec.normEpsilon());
        RopeConfig.write(spec.rotary(), config);
        config.put("rotary_emb_base", spec.rotary().theta());
        config.put("rotary_pct", part(spec.rotary().rotaryDim(), spec.headDim()));
        config.put("use_parallel_residual", spec.parallel());
        config.put("attention_bias", spec.attentionBias());
        config.put("tie_word_embeddings", spec.tiedHead());
        config.put("attention_dropout", 0.0);
        config.put("hidden_dropout", 0.0);
        config.put("initializer_range", 0.02);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        return config;
    }

    /// A number that gives back `channels` when `all` is multiplied with it and the fraction cut off.
    private static double part(int channels, int all) {
        double quotient = channels / (double) all;
        return (int) (all * quotient) == channels ? quotient : Math.nextUp(quotient);
    }
}
