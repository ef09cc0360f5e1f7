package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.model.Layout;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;

/// Which of the tokens seen each new token may look at; made once for a pass and shared by all layers.
public sealed interface AttentionMask {
    /// All of them: the newest token of a text.
    record Everything() implements AttentionMask {}

    /// Those before it and itself, where new and seen tokens are the same ones.
    record Causal() implements AttentionMask {}

    /// Added to the scores: 0 where a token may look, −∞ where not. [B or 1, 1, T, S].
    record Added(Tensor scores) implements AttentionMask {}

    /// The causal mask of a pass over ids [B, T].
    static AttentionMask causal(Pass pass, long newTokens, Device device) {
        return switch (pass.layout()) {
            case Layout.Whole(var _) when newTokens == 1 -> new Everything();
            case Layout.Whole(long start) when start == 0 -> new Causal();
            case Layout.Whole(long start) -> {
                Tensor mine = Tensors.range(start, start + newTokens, device).unsqueeze(1); // [T, 1]
                Tensor seen = Tensors.range(0, start + newTokens, device).unsqueeze(0); // [1, S]
                yield added(seen.gt(mine).unsqueeze(0).unsqueeze(0), pass.precision());
            }
            case Layout.Packed(var _, Tensor segments) -> {
                Tensor order = Tensors.range(0, newTokens, device);
                Tensor future = order.unsqueeze(0).gt(order.unsqueeze(1)); // [T, T]
                Tensor foreign = segments.unsqueeze(1).eq(segments.unsqueeze(2)).not(); // [B, T, T]
                yield added(foreign.or(future).unsqueeze(1), pass.precision());
            }
        };
    }

    private static Added added(Tensor hidden, DType dtype) {
        Tensor zero = Tensors.zeros(hidden.shape(), dtype, hidden.device());
        return new Added(zero.maskedFill(hidden, Double.NEGATIVE_INFINITY));
    }
}
