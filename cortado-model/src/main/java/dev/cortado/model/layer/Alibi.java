package dev.cortado.model.layer;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A penalty that grows with distance, at another rate in each head (Press et al. 2021, arXiv:2108.12409).
///
/// @param heads number of heads; where it is no power of two, the missing slopes are every other one of twice the
///              power below it, as in the authors' code
public record Alibi(int heads) implements Positions {
    @Override
    public Optional<Tensor> bias(Tensor queries, Tensor keys) {
        Tensor slopes = Tensors.copyOf(MemorySegment.ofArray(slopes()), DType.F32, Shape.of(1, heads, 1, 1))
                .to(queries.device());
        Tensor distance = keys.unsqueeze(1).sub(queries.unsqueeze(2)).to(DType.F32); // [B or 1, T, S], ≤ 0
        return Optional.of(distance.unsqueeze(1).mul(slopes));
    }

    /// m₁ … m_H, falling geometrically from 2^(−8/n) for the power of two n nearest below H.
    float[] slopes() {
        float[] slopes = new float[heads];
        int power = Integer.highestOneBit(heads);
        for (int h = 0; h < heads; h++) {
            slopes[h] = (float)
                    (h < power
                            ? Math.pow(2, -8.0 * (h + 1) / power)
                            : Math.pow(2, -4.0 * (2 * (h - power) + 1) / power));
        }
        return slopes;
    }
}
