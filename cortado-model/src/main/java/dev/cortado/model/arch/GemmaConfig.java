package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [GemmaSpec] in the spelling of Hugging Face's `config.json`.
public final class GemmaConfig {
    private static final DecoderDefaults DEFAULTS =
            new DecoderDefaults(8192, 1e-6, OptionalInt.of(16), OptionalInt.of(256), true);

    private GemmaConfig() {}

    /// Reads the numbers; a feature that [Gemma] does not have is refused rather than ignored.
    public static GemmaSpec read(ConfigFile config) {
        requireGemma(config);
        DecoderSizes sizes = DEFAULTS.read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        boolean bias = config.flag("attention_bias", false);
        int hiddenWidth = config.integer("intermediate_size");
        return config.valid("Gemma", () -> new GemmaSpec(sizes, hiddenWidth, rotary, bias));
    }

    /// The same as Hugging Face would write it.
    public static ObjectNode write(GemmaSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "gemma");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        writeActivation(config);
        config.put("attention_bias", spec.bias());
        return config;
    }

    /// Gemmas have one activation and look back only. `hidden_act` counts for nothing: the first files said
    /// `gelu` there and meant its approximation.
    static void requireGemma(ConfigFile config) {
        String activation = config.string("hidden_activation", "gelu_pytorch_tanh");
        if (!activation.equals("gelu_pytorch_tanh")) {
            throw config.problem("has hidden_activation " + activation + "; a Gemma has gelu_pytorch_tanh");
        }
        if (config.flag("use_bidirectional_attention", false)) {
            throw config.problem("sets 'use_bidirectional_attention', which this Gemma does not have");
        }
    }

    static void writeActivation(ObjectNode config) {
        config.put("hidden_act", "gelu_pytorch_tanh");
        config.put("hidden_activation", "gelu_pytorch_tanh");
    }
}
