package dev.cortado.model;

import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;

/// What the rows of a batch of token ids hold.
public sealed interface Layout {
    /// Each row is one text, and the first id given stands at position `start` of it.
    record Whole(long start) implements Layout {}

    /// Each row holds several texts one after the other, which must not see each other.
    ///
    /// @param positions I64 [B, T]: the position of each id within its text
    /// @param segments  I64 [B, T]: equal for ids of the same text, different for others of the row
    record Packed(Tensor positions, Tensor segments) implements Layout {}

    /// Each row begins with one text; what follows it is padding that nobody looks at.
    ///
    /// @param lengths I64 [B]: tokens of each text, at least 1
    record Padded(Tensor lengths) implements Layout {}

    /// The position of each of `newTokens` ids within its text: I64 [B or 1, T].
    default Tensor positions(long newTokens, Device device) {
        return switch (this) {
            case Whole(long start) ->
                Tensors.range(start, start + newTokens, device).unsqueeze(0);
            case Packed(Tensor positions, var _) -> positions;
            case Padded _ -> Tensors.range(0, newTokens, device).unsqueeze(0);
        };
    }

    /// Columns that keys of a pass have: those of earlier calls and the new ones.
    default long columns(long newTokens) {
        return this instanceof Whole(long start) ? start + newTokens : newTokens;
    }
}
