package dev.cortado.model.sentence;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.List;

/// From the activations of a text's tokens to one vector (Reimers & Gurevych 2019, arXiv:1908.10084, section 3).
///
/// @param modes what is computed; the results stand one behind the other
public record Pooling(List<Mode> modes) {
    /// How tokens become one vector. In this order they stand in a vector of several.
    public enum Mode {
        /// The first token's.
        FIRST,
        /// The largest number of each channel.
        MAX,
        /// The sum, divided by the number of tokens.
        MEAN,
        /// The sum, divided by the square root of the number of tokens.
        MEAN_SQRT_LENGTH,
        /// The mean in which the n-th token counts n times (Muennighoff 2022, arXiv:2202.08904).
        WEIGHTED_MEAN,
        /// The last token's.
        LAST
    }

    public Pooling {
        modes = List.copyOf(modes);
        if (modes.isEmpty()) {
            throw new IllegalArgumentException("a pooling of no kind at all");
        }
    }

    /// One mode alone.
    public static Pooling of(Mode mode) {
        return new Pooling(List.of(mode));
    }

    /// hidden [B, T, D], of each row the first `lengths` [B] tokens → [B, modes·D], F32.
    public Tensor pool(Tensor hidden, Tensor lengths) {
        Tensor all = hidden.to(DType.F32);
        return Tensors.cat(modes.stream().map(mode -> pool(mode, all, lengths)).toList(), -1);
    }

    private static Tensor pool(Mode mode, Tensor hidden, Tensor lengths) {
        Device device = hidden.device();
        Tensor column = Tensors.range(0, hidden.size(1), device); // [T]
        Tensor text = column.lt(lengths.unsqueeze(1)); // [B, T]
        Tensor count = lengths.to(DType.F32).unsqueeze(-1); // [B, 1]
        return switch (mode) {
            case FIRST -> hidden.select(1, 0);
            case MAX -> {
                Tensor visible = hidden.maskedFill(text.not().unsqueeze(-1), Double.NEGATIVE_INFINITY);
                yield hidden.gather(1, visible.argmax(1).unsqueeze(1)).squeeze(1);
            }
            case MEAN -> weighted(hidden, text.to(DType.F32)).div(count);
            case MEAN_SQRT_LENGTH -> weighted(hidden, text.to(DType.F32)).div(count.sqrt());
            case WEIGHTED_MEAN -> {
                Tensor weights = text.to(DType.F32).mul(column.add(1).to(DType.F32)); // [B, T]
                yield weighted(hidden, weights).div(weights.sum(1));
            }
            case LAST -> {
                Tensor last = lengths.add(-1).to(DType.I64).reshape(-1, 1, 1).expand(-1, 1, hidden.size(2));
                yield hidden.gather(1, last).squeeze(1);
            }
        };
    }

    /// Σ wₜhₜ. weights [B, T] → [B, D]. What stands behind a text may be anything, but is finite.
    private static Tensor weighted(Tensor hidden, Tensor weights) {
        return weights.unsqueeze(1).matmul(hidden).squeeze(1);
    }
}
