package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Encoder;
import dev.cortado.model.Params;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [DistilBert].
///
/// @param sinusoidal whether the table of positions starts as waves
/// @param task       what it is for
public record DistilBertSpec(EncoderSizes sizes, boolean sinusoidal, EncoderTask task) implements EncoderSpec {
    public DistilBertSpec {
        Numbers.require(
                !(task instanceof EncoderTask.PreTraining || task instanceof EncoderTask.NextSentence),
                "a DistilBERT knows nothing of next sentences");
    }

    @Override
    public String architecture() {
        return "DistilBert" + task.suffix();
    }

    @Override
    public Encoder build(Params params, Device device) {
        return DistilBert.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return DistilBertConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of(
                "distilbert.",
                "vocab_(transform|layer_norm|projector)\\..*",
                "(pre_)?classifier\\..*",
                "qa_outputs\\..*");
    }
}
