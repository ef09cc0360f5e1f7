package dev.cortado.model;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.random.RandomGenerator;

/// How a new parameter starts.
public sealed interface Init {
    /// All zero: the output projections of residual branches, so that a new model starts as the identity.
    record Zeros() implements Init {}

    /// All one: the weights of norms.
    record Ones() implements Init {}

    /// Normal with mean 0.
    record Normal(double deviation) implements Init {}

    /// Waves for each position of a table [P, D], sines in even columns and cosines in odd ones: sin and cos of
    /// p·10000^(−2⌊j/2⌋/D) (Vaswani et al. 2017, arXiv:1706.03762, section 3.5).
    record Waves() implements Init {
        private static Tensor table(Shape shape) {
            int width = Math.toIntExact(shape.size(1));
            float[] table = new float[Math.toIntExact(shape.count())];
            for (int i = 0; i < table.length; i++) {
                long position = i / width;
                int column = i % width;
                double angle = position * Math.pow(10_000, -(double) (column - column % 2) / width);
                table[i] = (float) (column % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
            }
            return Tensors.of(table, shape.sizes());
        }
    }

    /// Normal with deviation 1/√fanIn, which keeps the scale of activations (LeCun et al. 1998).
    static Init fanIn(long fanIn) {
        return new Normal(1 / Math.sqrt((double) fanIn));
    }

    /// Of the embeddings of tokens [V, D]: of unit size, so that training moves them as slowly, for their size, as the
    /// other matrices. Where they are the head too, rows have length 1: logits begin at unit size, but that of the
    /// token itself at √D, which is unlearned in a few steps.
    static Init tokens(boolean tiedHead, long width) {
        return new Normal(tiedHead ? 1 / Math.sqrt((double) width) : 1);
    }

    /// A new F32 tensor on the CPU.
    default Tensor make(Shape shape, RandomGenerator random) {
        return switch (this) {
            case Zeros _ -> Tensors.zeros(shape, DType.F32, Device.CPU);
            case Ones _ -> Tensors.ones(shape, DType.F32, Device.CPU);
            case Waves _ -> Waves.table(shape);
            case Normal(double deviation) -> Tensors.normal(shape, 0, deviation, random);
        };
    }
}
