package dev.cortado.model.arch;

import dev.cortado.model.ModelSpec;

/// A spec whose common numbers are [EncoderSizes], of a family that learns a table of positions.
interface EncoderSpec extends ModelSpec {
    /// What all of them have.
    EncoderSizes sizes();

    @Override
    default int vocabSize() {
        return sizes().vocabSize();
    }

    @Override
    default int contextLength() {
        return sizes().positions();
    }

    @Override
    default boolean boundedContext() {
        return true;
    }

    @Override
    default int width() {
        return sizes().width();
    }

    @Override
    default int layers() {
        return sizes().layers();
    }
}
