package dev.cortado.model;

import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import java.util.OptionalDouble;

/// From a model's last activations to its logits: a projection, with what some families do around it.
///
/// @param inputScale what activations are multiplied with first: D^(−1/2) in a T5 whose head is its embedding
///                   (Raffel et al. 2020), 1 in most
/// @param softcap    c in c·tanh(logits/c), which bounds logits (Gemma 2, arXiv:2408.00118)
public record Head(Projection projection, double inputScale, OptionalDouble softcap) {
    /// The projection alone.
    public static Head of(Projection projection) {
        return new Head(projection, 1, OptionalDouble.empty());
    }

    /// hidden [.., D] → logits [.., V].
    public Tensor apply(Tensor hidden) {
        Tensor logits = projection.apply(inputScale == 1 ? hidden : hidden.mul(inputScale));
        return softcap.isPresent() ? Nn.softcap(logits, softcap.getAsDouble()) : logits;
    }

    /// Whether it is nothing but its projection.
    public boolean isPlain() {
        return inputScale == 1 && softcap.isEmpty();
    }
}
