package dev.cortado.model.layer;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Fixed waves added to the embeddings (Vaswani et al. 2017, arXiv:1706.03762, section 3.5): for position p and
/// channel pair i of D, sin and cos of p·10000^(−2i/D) in the paper's order; or with frequencies from
/// 10000^0 to 10000^(−1), as tensor2tensor and its successors have them.
///
/// @param width  D, even
/// @param order  where sines and cosines stand
/// @param offset added to every position: 1 where counting starts at one
public record Sinusoidal(int width, Order order, int offset) implements Positions {
    /// Where sines and cosines stand, and how frequencies fall.
    public enum Order {
        /// sin, cos, sin, cos, …: the paper.
        INTERLEAVED,
        /// The first half sines, the second half cosines, with the paper's frequencies: Hugging Face's
        /// Marian.
        HALVES,
        /// The first half sines, the second half cosines, the last frequency exactly 1/10000: tensor2tensor,
        /// OpenNMT and fairseq.
        HALVES_TO_LAST
    }

    @Override
    public Tensor embed(Tensor x, Tensor positions) {
        int half = width / 2;
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            double step = order == Order.HALVES_TO_LAST ? 1.0 / (half - 1) : 2.0 / width;
            frequencies[i] = (float) Math.exp(-i * step * Math.log(10_000));
        }
        Tensor perPair = Tensors.copyOf(MemorySegment.ofArray(frequencies), DType.F32, Shape.of(half))
                .to(x.device());
        Tensor angles = positions.add(offset).to(DType.F32).unsqueeze(-1).mul(perPair); // [B or 1, T, D/2]
        Tensor waves = switch (order) {
            case INTERLEAVED ->
                Tensors.cat(List.of(angles.sin().unsqueeze(-1), angles.cos().unsqueeze(-1)), -1)
                        .flatten(2);
            case HALVES, HALVES_TO_LAST -> Tensors.cat(List.of(angles.sin(), angles.cos()), -1);
        };
        return x.add(waves.to(x.dtype()));
    }
}
