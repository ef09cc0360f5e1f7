package dev.cortado.model;

import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;

/// A learned linear map: the one seam where dense, quantised and adapted weights meet.
public sealed interface Projection {
    /// x [.., in] → [.., out], in x's dtype.
    Tensor apply(Tensor x);

    /// x·Wᵀ with W [out, in] kept as it is trained; it is cast to the activation's dtype at each use.
    record Dense(Tensor weight) implements Projection {
        @Override
        public Tensor apply(Tensor x) {
            return Nn.linear(x, weight.to(x.dtype()));
        }
    }
}
