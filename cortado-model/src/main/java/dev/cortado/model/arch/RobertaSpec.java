package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Encoder;
import dev.cortado.model.Params;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Roberta].
///
/// @param family      under which name it was published
/// @param textTypes   number of texts a token may belong to: 1 in most
/// @param normEpsilon of all norms
/// @param padding     the id of padding, and its position; that of the first token is the next one
/// @param task        what it is for
public record RobertaSpec(
        Family family, EncoderSizes sizes, int textTypes, double normEpsilon, int padding, EncoderTask task)
        implements EncoderSpec {
    /// Models of this architecture that have names of their own.
    public enum Family {
        ROBERTA("Roberta", "roberta"),
        XLM_ROBERTA("XLMRoberta", "xlm-roberta"),
        CAMEMBERT("Camembert", "camembert");

        final String stem;
        final String modelType;

        Family(String stem, String modelType) {
            this.stem = stem;
            this.modelType = modelType;
        }
    }

    public RobertaSpec {
        Numbers.positive("textTypes", textTypes);
        Numbers.positive("normEpsilon", normEpsilon);
        Numbers.require(
                padding >= 0 && padding < sizes.vocabSize() && padding < sizes.positions() - 1,
                "padding " + padding + " is not among vocabSize " + sizes.vocabSize()
                        + " ids, or leaves no position of " + sizes.positions());
        Numbers.require(
                !(task instanceof EncoderTask.PreTraining || task instanceof EncoderTask.NextSentence),
                "a RoBERTa knows nothing of next sentences");
    }

    @Override
    public String architecture() {
        return family.stem + task.suffix();
    }

    @Override
    public int contextLength() {
        return sizes.positions() - padding - 1;
    }

    @Override
    public Encoder build(Params params, Device device) {
        return Roberta.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return RobertaConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of(
                "roberta.",
                "(roberta\\.)?pooler\\..*",
                "(roberta\\.)?embeddings\\.token_type_ids",
                "lm_head\\..*",
                "classifier\\..*",
                "qa_outputs\\..*");
    }
}
