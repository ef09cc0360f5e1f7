package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;

/// A spec whose common numbers are [DecoderSizes], of a family that names its parameters as [Llama] does.
interface SizedSpec extends ModelSpec {
    /// What all descendants of [Llama] have.
    DecoderSizes sizes();

    @Override
    default int vocabSize() {
        return sizes().vocabSize();
    }

    @Override
    default int contextLength() {
        return sizes().contextLength();
    }

    @Override
    default int width() {
        return sizes().width();
    }

    @Override
    default int layers() {
        return sizes().layers();
    }

    @Override
    default CheckpointNames names() {
        return sizes().tiedHead() ? CheckpointNames.of("model.", "lm_head\\.weight") : CheckpointNames.of("model.");
    }
}
