package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Layout;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;

/// Which of the tokens seen each new token may look at: itself and those before it in its text. Made once for a
/// pass, in the shape its form of computing wants, and shared by all layers.
public sealed interface AttentionMask {
    /// Each new token looks from a first column up to its own; for [ComputeForm#FUSED].
    ///
    /// @param first I64 [B, T]: 0, or where in a packed row the token's text begins (Krell et al. 2021,
    /// arXiv:2107.02027)
    record From(Tensor first) implements AttentionMask {}

    /// The one new token may look at everything.
    record Everything() implements AttentionMask {}

    /// Where new and seen tokens are the same ones.
    record Causal() implements AttentionMask {}

    /// Added to the scores: 0 where a token may look, −∞ where not. [B or 1, 1, T, S].
    record Added(Tensor scores) implements AttentionMask {}

    /// The mask of a pass over `batch` rows of `newTokens` ids.
    static AttentionMask causal(Pass pass, long batch, long newTokens, Device device) {
        return switch (pass.form()) {
            case FUSED -> new From(first(pass.layout(), batch, newTokens, device));
            case LIBRARY -> library(pass.layout(), newTokens, pass.precision(), device);
        };
    }

    private static Tensor first(Layout layout, long batch, long newTokens, Device device) {
        return switch (layout) {
            case Layout.Whole _ -> Tensors.zeros(Shape.of(batch, newTokens), DType.I64, device);
            // A text begins as many columns before a token as the token's position in it says.
            case Layout.Packed(Tensor positions, var _) ->
                Tensors.range(0, newTokens, device).sub(positions);
        };
    }

    private static AttentionMask library(Layout layout, long newTokens, DType precision, Device device) {
        return switch (layout) {
            case Layout.Whole _ when newTokens == 1 -> new Everything();
            case Layout.Whole(long start) when start == 0 -> new Causal();
            case Layout.Whole(long start) -> {
                Tensor mine = Tensors.range(start, start + newTokens, device).unsqueeze(1); // [T, 1]
                Tensor seen = Tensors.range(0, start + newTokens, device).unsqueeze(0); // [1, S]
                yield added(seen.gt(mine).unsqueeze(0).unsqueeze(0), precision);
            }
            case Layout.Packed(var _, Tensor segments) -> {
                Tensor order = Tensors.range(0, newTokens, device);
                Tensor future = order.unsqueeze(0).gt(order.unsqueeze(1)); // [T, T]
                Tensor foreign = segments.unsqueeze(1).eq(segments.unsqueeze(2)).not(); // [B, T, T]
                yield added(foreign.or(future).unsqueeze(1), precision);
            }
        };
    }

    private static Added added(Tensor hidden, DType dtype) {
        Tensor zero = Tensors.zeros(hidden.shape(), dtype, hidden.device());
        return new Added(zero.maskedFill(hidden, Double.NEGATIVE_INFINITY));
    }
}
