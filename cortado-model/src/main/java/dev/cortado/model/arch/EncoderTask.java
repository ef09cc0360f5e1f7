package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What an encoder is for, and so which head it has. An architecture's name in `config.json` is that of its family
/// with [#suffix] behind it.
public sealed interface EncoderTask {
    /// Activations alone.
    record Bare() implements EncoderTask {}

    /// The words behind masks.
    ///
    /// @param tied whether the head's output projection is the embedding
    record MaskedLm(boolean tied) implements EncoderTask {}

    /// The words behind masks, and whether the second text follows the first (Devlin et al. 2018).
    ///
    /// @param tied whether the head's output projection is the embedding
    record PreTraining(boolean tied) implements EncoderTask {}

    /// Whether the second text follows the first: two logits, of yes and of no.
    record NextSentence() implements EncoderTask {}

    /// A label of a text, or a number about it.
    record TextLabels(Labels labels) implements EncoderTask {}

    /// A label of each token.
    record TokenLabels(Labels labels) implements EncoderTask {}

    /// Where an answer stands: for each token a logit of being its first and one of being its last.
    record Spans() implements EncoderTask {}

    /// What an architecture's name has after that of its family.
    default String suffix() {
        return switch (this) {
            case Bare _ -> "Model";
            case MaskedLm _ -> "ForMaskedLM";
            case PreTraining _ -> "ForPreTraining";
            case NextSentence _ -> "ForNextSentencePrediction";
            case TextLabels _ -> "ForSequenceClassification";
            case TokenLabels _ -> "ForTokenClassification";
            case Spans _ -> "ForQuestionAnswering";
        };
    }

    /// Reads the task of an architecture of this family; without a name it is the bare model.
    static EncoderTask read(ConfigFile config, String family) {
        List<String> named = config.strings("architectures");
        String name = named.isEmpty() ? family + "Model" : named.getFirst();
        boolean tied = config.flag("tie_word_embeddings", true);
        return switch (name.startsWith(family) ? name.substring(family.length()) : name) {
            case "Model" -> new Bare();
            case "ForMaskedLM" -> new MaskedLm(tied);
            case "ForPreTraining" -> new PreTraining(tied);
            case "ForNextSentencePrediction" -> new NextSentence();
            case "ForSequenceClassification" -> new TextLabels(Labels.read(config));
            case "ForTokenClassification" -> new TokenLabels(Labels.read(config));
            case "ForQuestionAnswering" -> new Spans();
            default -> throw config.problem("names the architecture " + name + ", which is not known here");
        };
    }

    /// Adds what the task says to a configuration.
    default void write(ObjectNode config) {
        switch (this) {
            case TextLabels(Labels labels) -> labels.write(config);
            case TokenLabels(Labels labels) -> labels.write(config);
            case MaskedLm(boolean tied) -> config.put("tie_word_embeddings", tied);
            case PreTraining(boolean tied) -> config.put("tie_word_embeddings", tied);
            case Bare _, NextSentence _, Spans _ -> {}
        }
    }
}
