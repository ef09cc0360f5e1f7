package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.tensor.Tensor;

/// One of the equal parts a transformer is stacked of.
@FunctionalInterface
public interface Block {
    /// x [B, T, D] → [B, T, D].
    Tensor forward(Tensor x, Scores scores, Pass pass);
}
