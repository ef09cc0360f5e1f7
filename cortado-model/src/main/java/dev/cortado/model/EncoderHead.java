package dev.cortado.model;

import dev.cortado.tensor.Tensor;

/// What is computed of an encoder's last activations.
public sealed interface EncoderHead {
    /// hidden [B, T, D] → logits.
    Tensor apply(Tensor hidden);

    /// A score of every word of the vocabulary, or every class, for each token: [B, T, V].
    non-sealed interface PerToken extends EncoderHead {}

    /// A score of every class for the whole text: [B, L]. One class: a regression or a reward.
    non-sealed interface PerText extends EncoderHead {}
}
