package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Encoder;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [T5]'s encoder used alone, as sentence encoders and image generators do.
///
/// @param whole the model it is of
public record T5EncoderSpec(T5Spec whole) implements ModelSpec {
    @Override
    public String architecture() {
        return "T5EncoderModel";
    }

    @Override
    public int vocabSize() {
        return whole.vocabSize();
    }

    @Override
    public int contextLength() {
        return whole.contextLength();
    }

    @Override
    public int width() {
        return whole.width();
    }

    @Override
    public int layers() {
        return whole.encoderLayers();
    }

    @Override
    public Encoder build(Params params, Device device) {
        return T5.encoder(this, params, device);
    }

    @Override
    public ObjectNode config() {
        ObjectNode config = whole.config();
        config.putArray("architectures").add(architecture());
        return config;
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of("", "encoder\\.embed_tokens\\.weight", "decoder\\..*", "lm_head\\.weight")
                .tied("shared.weight", "encoder.embed_tokens.weight");
    }
}
