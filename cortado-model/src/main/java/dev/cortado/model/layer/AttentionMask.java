package dev.cortado.model.layer;

import dev.cortado.model.Layout;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.List;
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
        long columns = pass.columns(newTokens);
        boolean windowed = window.isPresent() && window.getAsInt() < columns;
        if (library && !windowed && pass.prefix().isEmpty()) {
            return library(pass.layout(), newTokens, pass.precision(), device);
        }
        Tensor first = first(pass.layout(), batch, newTokens, device); // [B, T]
        if (pass.prefix().isPresent() && pass.layout() instanceof Layout.Packed) {
            return behindPrefix(pass, first, windowed ? window : OptionalInt.empty(), device);
        }
        if (windowed) {
            long end = columns - window.getAsInt() + 1; // where the window of the token after these would begin
            first = Tensors.larger(first, Tensors.range(end - newTokens, end, device)); // [B, T]
        }
        return library ? added(hidden(first, columns, device).unsqueeze(1), pass.precision()) : new From(first);
    }

    /// What a token sees of a prefix and of its own text are two runs of columns.
    ///
    /// @param first [B, T], counted from behind the prefix
    private static Added behindPrefix(Pass pass, Tensor first, OptionalInt window, Device device) {
        long tokens = first.size(1);
        Tensor ofPrefix = Tensors.zeros(first.shape(), DType.I64, device);
        Tensor ofText = first;
        if (window.isPresent()) {
            long others = window.getAsInt() - 1L;
            ofPrefix = pass.positions(tokens, device).sub(Tensors.range(others, others + 1, device));
            ofText = Tensors.larger(first, Tensors.range(-others, tokens - others, device));
        }
        Tensor hidden = Tensors.range(0, pass.prefixLength(), device).lt(ofPrefix.unsqueeze(-1)); // [B, T, P]
        Tensor both = Tensors.cat(List.of(hidden, hidden(ofText, tokens, device)), -1); // [B, T, P + T]
        return added(both.unsqueeze(1), pass.precision());
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

    /// The same with so many more columns before the others, which everyone sees.
    default AttentionMask behind(long prefix) {
        if (prefix == 0 || !(this instanceof Added(Tensor scores))) {
            return this;
        }
        long[] sizes = scores.shape().sizes();
        sizes[3] = prefix;
        return new Added(
                Tensors.cat(List.of(Tensors.zeros(Shape.of(sizes), scores.dtype(), scores.device()), scores), -1));
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

    /// The same as [From], written out: what is not seen. first [B, T] → [B, T, S].
    private static Tensor hidden(Tensor first, long columns, Device device) {
        Tensor column = Tensors.range(0, columns, device); // [S]
        Tensor own = Tensors.range(columns - first.size(1), columns, device).unsqueeze(1); // [T, 1]
        return column.lt(first.unsqueeze(-1)).or(column.gt(own));
    }

    private static Added added(Tensor hidden, DType dtype) {
        Tensor zero = Tensors.zeros(hidden.shape(), dtype, hidden.device());
        return new Added(zero.maskedFill(hidden, Double.NEGATIVE_INFINITY));
    }
}
