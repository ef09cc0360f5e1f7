package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.tensor.Tensor;

/// What a block does to each token by itself.
@FunctionalInterface
public interface FeedForward {
    /// x [B, T, D] → [B, T, D].
    Tensor forward(Tensor x, Pass pass);
}
