package dev.cortado.model.folder;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.arch.BloomConfig;
import dev.cortado.model.arch.Gemma2Config;
import dev.cortado.model.arch.Gemma3Config;
import dev.cortado.model.arch.GemmaConfig;
import dev.cortado.model.arch.Gpt2Config;
import dev.cortado.model.arch.GptNeoxConfig;
import dev.cortado.model.arch.LlamaConfig;
import dev.cortado.model.arch.MistralConfig;
import dev.cortado.model.arch.MixtralConfig;
import dev.cortado.model.arch.OlmoeConfig;
import dev.cortado.model.arch.OptConfig;
import dev.cortado.model.arch.Phi3Config;
import dev.cortado.model.arch.Qwen2Config;
import dev.cortado.model.arch.Qwen2MoeConfig;
import dev.cortado.model.arch.Qwen3Config;
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
            // The text part of a family that also sees has a name of its own: Gemma3TextModel.
            String family = stem.endsWith("Text") ? stem.substring(0, stem.length() - "Text".length()) : stem;
            for (String full : List.of(stem + "ForCausalLM", stem + "LMHeadModel", family + "ForCausalLM")) {
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
        String type = config.string("model_type", "").replace("_text", "").replace("_", "");
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
            "Gemma2ForCausalLM",
            "Gemma3ForCausalLM",
            "GemmaForCausalLM",
            "LlamaForCausalLM",
            "MistralForCausalLM",
            "MixtralForCausalLM",
            "OPTForCausalLM",
            "OlmoeForCausalLM",
            "Phi3ForCausalLM",
            "Qwen2ForCausalLM",
            "Qwen2MoeForCausalLM",
            "Qwen3ForCausalLM",
            "Qwen3MoeForCausalLM",
            "T5ForConditionalGeneration");

    private static Optional<Function<ConfigFile, ModelSpec>> reader(String architecture) {
        return Optional.ofNullable(
                switch (architecture) {
                    case "BloomForCausalLM" -> BloomConfig::read;
                    case "GPT2LMHeadModel" -> Gpt2Config::read;
                    case "GPTNeoXForCausalLM" -> GptNeoxConfig::read;
                    case "Gemma2ForCausalLM" -> Gemma2Config::read;
                    case "Gemma3ForCausalLM" -> Gemma3Config::read;
                    case "GemmaForCausalLM" -> GemmaConfig::read;
                    case "LlamaForCausalLM" -> LlamaConfig::read;
                    case "MistralForCausalLM" -> MistralConfig::read;
                    case "MixtralForCausalLM" -> MixtralConfig::read;
                    case "OPTForCausalLM" -> OptConfig::read;
                    case "OlmoeForCausalLM" -> OlmoeConfig::read;
                    case "Phi3ForCausalLM" -> Phi3Config::read;
                    case "Qwen2ForCausalLM" -> Qwen2Config::read;
                    case "Qwen2MoeForCausalLM" -> Qwen2MoeConfig::read;
                    case "Qwen3ForCausalLM" -> Qwen3Config::read;
                    case "Qwen3MoeForCausalLM" -> Qwen3MoeConfig::read;
                    case "T5ForConditionalGeneration" -> T5Config::read;
                    default -> null;
                });
    }
}
