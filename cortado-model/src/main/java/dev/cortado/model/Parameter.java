package dev.cortado.model;

import dev.cortado.tensor.Tensor;

/// A learned tensor and the name it has in checkpoints. Matrices decay, vectors (norms, biases) do not.
public record Parameter(String name, Tensor tensor) {
    /// Whether weight decay applies.
    public boolean decays() {
        return tensor.rank() >= 2;
    }
}
