package dev.cortado.model.layer;

import dev.cortado.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalDouble;

/// What the attention layers of one kind share in one pass; made by [Lens].
///
/// @param mask    who may look at whom
/// @param scale   of the products of queries and keys
/// @param softcap bound of the scores
/// @param angles  by which queries and keys are turned
/// @param bias    added to the scores: [B or 1, H, T, S], F32
public record Scores(
        AttentionMask mask,
        double scale,
        OptionalDouble softcap,
        Optional<Rotary.Angles> angles,
        Optional<Tensor> bias) {
    /// Whether scores are products, scaled, and nothing else.
    boolean plain() {
        return softcap.isEmpty() && bias.isEmpty();
    }
}
