package dev.cortado.model;

import dev.cortado.tensor.Device;

/// A model, ready to compute: its numbers, what it has learned, and where.
public sealed interface Model extends AutoCloseable permits CausalLm, Encoder, EncoderDecoder {
    /// What it is made of.
    ModelSpec spec();

    /// Everything it has learned.
    ParameterSet parameters();

    /// Where its parameters are.
    Device device();

    @Override
    default void close() {
        parameters().close();
    }
}
