package dev.cortado.model;

import dev.cortado.tensor.Tensor;

/// What the rows of a batch of token ids hold.
public sealed interface Layout {
    /// Each row is one text, and the first id given stands at position `start` of it.
    record Whole(long start) implements Layout {}

    /// Each row holds several texts one after the other, which must not see each other.
    ///
    /// @param positions I64 [B, T]: the position of each id within its text
    /// @param segments  I64 [B, T]: equal for ids of the same text, different for others of the row
    record Packed(Tensor positions, Tensor segments) implements Layout {}
}
