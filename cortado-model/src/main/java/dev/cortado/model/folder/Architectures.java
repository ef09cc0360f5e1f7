package dev.cortado.model.folder;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.arch.BartConfig;
import dev.cortado.model.arch.BertConfig;
import dev.cortado.model.arch.DistilBertConfig;
import dev.cortado.model.arch.LlamaConfig;
import dev.cortado.model.arch.MixtralConfig;
import dev.cortado.model.arch.OlmoeConfig;
import dev.cortado.model.arch.Qwen2MoeConfig;
import dev.cortado.model.arch.Qwen3MoeConfig;
import dev.cortado.model.arch.RobertaConfig;
import dev.cortado.model.arch.T5Config;
import dev.cortado.model.arch.VaswaniConfig;
import dev.cortado.model.config.ConfigFile;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

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
            for (String full : List.of(stem + "ForCausalLM", stem + "LMHeadModel", stem + "ForConditionalGeneration")) {
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
        String type = config.string("model_type", "").replace("_", "").replace("-", "");
        return KNOWN.stream()
                .filter(known -> Stream.of("ForCausalLM", "Model", "ForConditionalGeneration")
                        .anyMatch(use -> known.equalsIgnoreCase(type + use)))
                .findFirst()
                .orElseThrow(() -> config.problem("has no 'architectures'"));
    }

    private static final List<String> KNOWN = List.of(
            "BartForConditionalGeneration",
            "BertForMaskedLM",
            "BertForNextSentencePrediction",
            "BertForPreTraining",
            "BertForQuestionAnswering",
            "BertForSequenceClassification",
            "BertForTokenClassification",
            "BertModel",
            "CamembertForMaskedLM",
            "CamembertForQuestionAnswering",
            "CamembertForSequenceClassification",
            "CamembertForTokenClassification",
            "CamembertModel",
            "CortadoTransformerForConditionalGeneration",
            "DistilBertForMaskedLM",
            "DistilBertForQuestionAnswering",
            "DistilBertForSequenceClassification",
            "DistilBertForTokenClassification",
            "DistilBertModel",
            "LlamaForCausalLM",
            "MBartForConditionalGeneration",
            "MixtralForCausalLM",
            "OlmoeForCausalLM",
            "Qwen2MoeForCausalLM",
            "Qwen3MoeForCausalLM",
            "RobertaForMaskedLM",
            "RobertaForQuestionAnswering",
            "RobertaForSequenceClassification",
            "RobertaForTokenClassification",
            "RobertaModel",
            "T5EncoderModel",
            "T5ForConditionalGeneration",
            "XLMRobertaForMaskedLM",
            "XLMRobertaForQuestionAnswering",
            "XLMRobertaForSequenceClassification",
            "XLMRobertaForTokenClassification",
            "XLMRobertaModel");

    private static Optional<Function<ConfigFile, ModelSpec>> reader(String architecture) {
        return Optional.ofNullable(
                switch (architecture) {
                    case "BartForConditionalGeneration" -> BartConfig::read;
                    case "BertForMaskedLM",
                            "BertForNextSentencePrediction",
                            "BertForPreTraining",
                            "BertForQuestionAnswering",
                            "BertForSequenceClassification",
                            "BertForTokenClassification",
                            "BertModel" -> BertConfig::read;
                    case "CamembertForMaskedLM",
                            "CamembertForQuestionAnswering",
                            "CamembertForSequenceClassification",
                            "CamembertForTokenClassification",
                            "CamembertModel" -> RobertaConfig::read;
                    case "CortadoTransformerForConditionalGeneration" -> VaswaniConfig::read;
                    case "DistilBertForMaskedLM",
                            "DistilBertForQuestionAnswering",
                            "DistilBertForSequenceClassification",
                            "DistilBertForTokenClassification",
                            "DistilBertModel" -> DistilBertConfig::read;
                    case "LlamaForCausalLM" -> LlamaConfig::read;
                    case "MBartForConditionalGeneration" -> BartConfig::readMBart;
                    case "MixtralForCausalLM" -> MixtralConfig::read;
                    case "OlmoeForCausalLM" -> OlmoeConfig::read;
                    case "Qwen2MoeForCausalLM" -> Qwen2MoeConfig::read;
                    case "Qwen3MoeForCausalLM" -> Qwen3MoeConfig::read;
                    case "RobertaForMaskedLM",
                            "RobertaForQuestionAnswering",
                            "RobertaForSequenceClassification",
                            "RobertaForTokenClassification",
                            "RobertaModel" -> RobertaConfig::read;
                    case "T5EncoderModel" -> T5Config::readEncoder;
                    case "T5ForConditionalGeneration" -> T5Config::read;
                    case "XLMRobertaForMaskedLM",
                            "XLMRobertaForQuestionAnswering",
                            "XLMRobertaForSequenceClassification",
                            "XLMRobertaForTokenClassification",
                            "XLMRobertaModel" -> RobertaConfig::read;
                    default -> null;
                });
    }
}
