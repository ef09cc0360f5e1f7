package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.tensor.Tensor;

/// Brings activations to a common scale.
@FunctionalInterface
public interface Norm {
    /// x [.., D] → [.., D].
    Tensor forward(Tensor x, ComputeForm form);
}
