package dev.cortado.model.layer;

import dev.cortado.model.Layout;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.OptionalInt;

/// Which of the tokens seen each new token may look at. Made once for a pass, in the shape its form of computing
/// wants, and shared by layers.
public sealed interface AttentionMask {
    /// Each new token looks from a first column up to its own.
    ///
    /// @param first I64 [B, T]: 0, or where in a packed row the token's text begins (Krell et al. 2021,
    /// arXiv:2107.02027), or where its window begins (Beltagy et al. 2020, arXiv:2004.05150)
    record From(Tensor first) implements AttentionMask {}

    /// Every token may look at everything.
    record Everything() implements AttentionMask {}

    /// Where new and seen tokens are the same ones; for LibTorch's own attention only.
    record Causal() implements AttentionMask {}

    /// Added to the scores: 0 where a token may look, −∞ where not. [B or 1, 1, T or 1, S].
    record Added(Tensor scores) implements AttentionMask {}

    /// Each token looks at itself and those before it in its text, or only at the last `window` of these, itself
    /// among them.
    ///
    /// @param library whether LibTorch's own attention is to compute it
    static AttentionMask causal(
            Pass pass, long batch, long newTokens, OptionalInt window, boolean library, Device device) {
        boolean windowed =
                window.isPresent() && window.getAsInt() < pass.layout().columns(newTokens);
        if (library && !windowed) {
            return library(pass.layout(), newTokens, pass.precision(), device);
        }
        Tensor first = first(pass.layout(), batch, newTokens, device); // [B, T]
        if (windowed) {
            long columns = pass.layout().columns(newTokens);
            Tensor own = Tensors.range(columns - newTokens, columns, device); // [T]
            first = Tensors.larger(first, own.add(1 - window.getAsInt()));
        }
        return library ? added(first, pass.layout().columns(newTokens), pass.precision(), device) : new From(first);
    }

    /// All tokens of a text look at all of them.
    static AttentionMask bidirectional(Pass pass, Layout layout, long columns, Device device) {
        return switch (layout) {
            case Layout.Whole _ -> new Everything();
            case Layout.Packed(var _, Tensor segments) -> {
                Tensor foreign = segments.unsqueeze(1).eq(segments.unsqueeze(2)).not(); // [B, T, T]
                yield added(foreign.unsqueeze(1), pass.precision());
            }
            case Layout.Padded(Tensor lengths) -> {
                Tensor column = Tensors.range(0, columns, device); // [S]
                Tensor padding = column.lt(lengths.unsqueeze(1)).not(); // [B, S]
                yield added(padding.unsqueeze(1).unsqueeze(1), pass.precision());
            }
        };
    }

    private static Tensor first(Layout layout, long batch, long newTokens, Device device) {
        return switch (layout) {
            // Padding stands behind the text, where no token of it looks.
            case Layout.Whole _, Layout.Padded _ -> Tensors.zeros(Shape.of(batch, newTokens), DType.I64, device);
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
            case Layout.Padded _ -> new Causal();
            case Layout.Packed(var _, Tensor segments) -> {
                Tensor order = Tensors.range(0, newTokens, device);
                Tensor future = order.unsqueeze(0).gt(order.unsqueeze(1)); // [T, T]
                Tensor foreign = segments.unsqueeze(1).eq(segments.unsqueeze(2)).not(); // [B, T, T]
                yield added(foreign.or(future).unsqueeze(1), precision);
            }
        };
    }

    /// The same as [From], written out. first [B, T].
    private static Added added(Tensor first, long columns, DType precision, Device device) {
        Tensor column = Tensors.range(0, columns, device); // [S]
        Tensor own = Tensors.range(columns - first.size(1), columns, device).unsqueeze(1); // [T, 1]
        Tensor hidden = column.lt(first.unsqueeze(-1)).or(column.gt(own)); // [B, T, S]
        return added(hidden.unsqueeze(1), precision);
    }

    private static Added added(Tensor hidden, DType dtype) {
        Tensor zero = Tensors.zeros(hidden.shape(), dtype, hidden.device());
        return new Added(zero.maskedFill(hidden, Double.NEGATIVE_INFINITY));
    }
}
