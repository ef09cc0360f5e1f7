package dev.cortado.model.folder;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.arch.BloomConfig;
import dev.cortado.model.arch.Gpt2Config;
import dev.cortado.model.arch.GptNeoxConfig;
import dev.cortado.model.arch.LlamaConfig;
import dev.cortado.model.arch.MixtralConfig;
import dev.cortado.model.arch.OlmoeConfig;
import dev.cortado.model.arch.OptConfig;
import dev.cortado.model.arch.Qwen2MoeConfig;
import dev.cortado.model.arch.Qwen3MoeConfig;
import dev.cortado.model.arch.T5Config;
import dev.cortado.model.config.ConfigFile;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Which architecture a `config.json` means: the one place that knows all of them.
final class Architectures {
    private Architectures() {}

    /// What a configuration describes.
    ///
    /// @param headless whether it is the bare model, without the head that its architecture has
    record Described(ModelSpec spec, boolean headless) {}

    static Described read(ConfigFile config) {
        String name = name(config);
        Optional<Function<ConfigFile, ModelSpec>> reader = reader(name);
        if (reader.isPresent()) {
            return new Described(reader.get().apply(config), false);
        }
        if (name.endsWith("Model")) {
            String stem = name.substring(0, name.length() - "Model".length());
            for (String full : List.of(stem + "ForCausalLM", stem + "LMHeadModel")) {
                if (reader(full).isPresent()) {
                    return new Described(reader(full).get().apply(config), true);
                }
            }
        }
        throw config.problem(
                "names the architecture " + name + ", which is not known here; known are " + String.join(", ", KNOWN));
    }

    private static String name(ConfigFile config) {
        List<String> named = config.strings("architectures");
        if (!named.isEmpty()) {
            return named.getFirst();
        }
        String type = config.string("model_type", "").replace("_", "");
        return KNOWN.stream()
                .filter(known ->
                        known.equalsIgnoreCase(type + "ForCausalLM") || known.equalsIgnoreCase(type + "LMHeadModel"))
                .findFirst()
                .orElseThrow(() -> config.problem("has no 'architectures'"));
    }

    private static final List<String> KNOWN = List.of(
            "BloomForCausalLM",
            "GPT2LMHeadModel",
            "GPTNeoXForCausalLM",
            "LlamaForCausalLM",
            "MixtralForCausalLM",
            "OPTForCausalLM",
            "OlmoeForCausalLM",
            "Qwen2MoeForCausalLM",
            "Qwen3MoeForCausalLM",
            "T5ForConditionalGeneration");

    private static Optional<Function<ConfigFile, ModelSpec>> reader(String architecture) {
        return Optional.ofNullable(
                switch (architecture) {
                    case "BloomForCausalLM" -> BloomConfig::read;
                    case "GPT2LMHeadModel" -> Gpt2Config::read;
                    case "GPTNeoXForCausalLM" -> GptNeoxConfig::read;
                    case "LlamaForCausalLM" -> LlamaConfig::read;
                    case "MixtralForCausalLM" -> MixtralConfig::read;
                    case "OPTForCausalLM" -> OptConfig::read;
                    case "OlmoeForCausalLM" -> OlmoeConfig::read;
                    case "Qwen2MoeForCausalLM" -> Qwen2MoeConfig::read;
                    case "Qwen3MoeForCausalLM" -> Qwen3MoeConfig::read;
                    case "T5ForConditionalGeneration" -> T5Config::read;
                    default -> null;
                });
    }
}
