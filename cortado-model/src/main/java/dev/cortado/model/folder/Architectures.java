package dev.cortado.model.folder;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.arch.BartConfig;
import dev.cortado.model.arch.BertConfig;
import dev.cortado.model.arch.BloomConfig;
import dev.cortado.model.arch.DistilBertConfig;
import dev.cortado.model.arch.EfficientTransformerConfig;
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
import dev.cortado.model.arch.RobertaConfig;
import dev.cortado.model.arch.T5Config;
import dev.cortado.model.arch.VaswaniConfig;
import dev.cortado.model.config.ConfigFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Which architecture a `config.json` means: the one place that knows all of them.
final class Architectures {
    private static final Map<String, Function<ConfigFile, ModelSpec>> READERS = Map.ofEntries(
            Map.entry("BartForConditionalGeneration", BartConfig::read),
            Map.entry("BertForMaskedLM", BertConfig::read),
            Map.entry("BertForNextSentencePrediction", BertConfig::read),
            Map.entry("BertForPreTraining", BertConfig::read),
            Map.entry("BertForQuestionAnswering", BertConfig::read),
            Map.entry("BertForSequenceClassification", BertConfig::read),
            Map.entry("BertForTokenClassification", BertConfig::read),
            Map.entry("BertModel", BertConfig::read),
            Map.entry("BloomForCausalLM", BloomConfig::read),
            Map.entry("CamembertForMaskedLM", RobertaConfig::read),
            Map.entry("CamembertForQuestionAnswering", RobertaConfig::read),
            Map.entry("CamembertForSequenceClassification", RobertaConfig::read),
            Map.entry("CamembertForTokenClassification", RobertaConfig::read),
            Map.entry("CamembertModel", RobertaConfig::read),
            Map.entry("CortadoEfficientForCausalLM", EfficientTransformerConfig::read),
            Map.entry("CortadoEfficientForMaskedLM", EfficientTransformerConfig::read),
            Map.entry("CortadoTransformerForConditionalGeneration", VaswaniConfig::read),
            Map.entry("DistilBertForMaskedLM", DistilBertConfig::read),
            Map.entry("DistilBertForQuestionAnswering", DistilBertConfig::read),
            Map.entry("DistilBertForSequenceClassification", DistilBertConfig::read),
            Map.entry("DistilBertForTokenClassification", DistilBertConfig::read),
            Map.entry("DistilBertModel", DistilBertConfig::read),
            Map.entry("GPT2LMHeadModel", Gpt2Config::read),
            Map.entry("GPTNeoXForCausalLM", GptNeoxConfig::read),
            Map.entry("Gemma2ForCausalLM", Gemma2Config::read),
            Map.entry("Gemma3ForCausalLM", Gemma3Config::read),
            Map.entry("GemmaForCausalLM", GemmaConfig::read),
            Map.entry("LlamaForCausalLM", LlamaConfig::read),
            Map.entry("MBartForConditionalGeneration", BartConfig::readMBart),
            Map.entry("MistralForCausalLM", MistralConfig::read),
            Map.entry("MixtralForCausalLM", MixtralConfig::read),
            Map.entry("OPTForCausalLM", OptConfig::read),
            Map.entry("OlmoeForCausalLM", OlmoeConfig::read),
            Map.entry("Phi3ForCausalLM", Phi3Config::read),
            Map.entry("Qwen2ForCausalLM", Qwen2Config::read),
            Map.entry("Qwen2MoeForCausalLM", Qwen2MoeConfig::read),
            Map.entry("Qwen3ForCausalLM", Qwen3Config::read),
            Map.entry("Qwen3MoeForCausalLM", Qwen3MoeConfig::read),
            Map.entry("RobertaForMaskedLM", RobertaConfig::read),
            Map.entry("RobertaForQuestionAnswering", RobertaConfig::read),
            Map.entry("RobertaForSequenceClassification", RobertaConfig::read),
            Map.entry("RobertaForTokenClassification", RobertaConfig::read),
            Map.entry("RobertaModel", RobertaConfig::read),
            Map.entry("T5EncoderModel", T5Config::readEncoder),
            Map.entry("T5ForConditionalGeneration", T5Config::read),
            Map.entry("XLMRobertaForMaskedLM", RobertaConfig::read),
            Map.entry("XLMRobertaForQuestionAnswering", RobertaConfig::read),
            Map.entry("XLMRobertaForSequenceClassification", RobertaConfig::read),
            Map.entry("XLMRobertaForTokenClassification", RobertaConfig::read),
            Map.entry("XLMRobertaModel", RobertaConfig::read));

    /// The uses of an architecture that `model_type` alone may mean, likeliest first.
    private static final List<String> USES = List.of("ForCausalLM", "LMHeadModel", "Model", "ForConditionalGeneration");

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
            for (String full : List.of(
                    stem + "ForCausalLM",
                    stem + "LMHeadModel",
                    family + "ForCausalLM",
                    stem + "ForConditionalGeneration")) {
                if (reader(full).isPresent()) {
                    return new Described(reader(full).get().apply(config), true);
                }
            }
        }
        throw config.problem("names the architecture " + name + ", which is not known here; known are "
                + String.join(", ", known()));
    }

    static Set<String> known() {
        return new TreeSet<>(READERS.keySet());
    }

    private static String name(ConfigFile config) {
        List<String> named = config.strings("architectures");
        if (!named.isEmpty()) {
            return named.getFirst();
        }
        String type = config.string("model_type", "").replace("_text", "").replaceAll("[_-]", "");
        return USES.stream()
                .flatMap(use -> READERS.keySet().stream().filter(known -> known.equalsIgnoreCase(type + use)))
                .findFirst()
                .orElseThrow(() -> config.problem("has no 'architectures'"));
    }

    private static Optional<Function<ConfigFile, ModelSpec>> reader(String architecture) {
        return Optional.ofNullable(READERS.get(architecture));
    }
}
