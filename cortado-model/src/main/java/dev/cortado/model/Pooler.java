package dev.cortado.model;

import dev.cortado.tensor.Tensor;

/// From the activations of a text's tokens to one for the whole text.
@FunctionalInterface
public interface Pooler {
    /// hidden [B, T, D] → [B, D]. A row is one text, and padding may follow it.
    Tensor pool(Tensor hidden);
}
