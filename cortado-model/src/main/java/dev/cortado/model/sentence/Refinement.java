package dev.cortado.model.sentence;

import dev.cortado.model.ParameterSet;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Tensor;
import java.util.Optional;

/// What is made of a text's vector after pooling.
public sealed interface Refinement {
    /// x [B, D] → [B, D'].
    Tensor apply(Tensor x);

    /// activation(Wx + b): another width, most often a smaller one.
    ///
    /// @param width      of its result
    /// @param activation none: the projection alone
    /// @param parameters of the projection, closed with the encoder
    record Dense(Projection projection, int width, Optional<Activation> activation, ParameterSet parameters)
            implements Refinement {
        @Override
        public Tensor apply(Tensor x) {
            Tensor projected = projection.apply(x);
            return activation.map(a -> a.apply(projected)).orElse(projected);
        }
    }

    /// x/|x|: products become cosines. No vector is divided by less than 10⁻¹², as in the reference.
    record Normalise() implements Refinement {
        private static final double SMALLEST_SQUARE = 1e-24;

        @Override
        public Tensor apply(Tensor x) {
            Tensor square = x.square().sum(-1); // [B, 1]
            Tensor tiny = square.lt(square.mul(0).add(SMALLEST_SQUARE));
            return x.div(square.maskedFill(tiny, SMALLEST_SQUARE).sqrt());
        }
    }
}
