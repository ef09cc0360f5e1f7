package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Encoder;
import dev.cortado.model.Params;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Bert].
///
/// @param textTypes   number of texts a token may belong to: 2 in most
/// @param normEpsilon of all norms
/// @param task        what it is for
public record BertSpec(EncoderSizes sizes, int textTypes, double normEpsilon, EncoderTask task) implements EncoderSpec {
    public BertSpec {
        Numbers.positive("textTypes", textTypes);
        Numbers.positive("normEpsilon", normEpsilon);
    }

    @Override
    public String architecture() {
        return "Bert" + task.suffix();
    }

    @Override
    public Encoder build(Params params, Device device) {
        return Bert.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return BertConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of(
                "bert.",
                "(bert\\.)?pooler\\..*",
                "(bert\\.)?embeddings\\.token_type_ids",
                "cls\\..*",
                "classifier\\..*",
                "qa_outputs\\..*");
    }
}
