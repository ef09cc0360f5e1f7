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

    /// Normal with deviation 1/√fanIn, which keeps the scale of activations (LeCun et al. 1998).
    static Init fanIn(long fanIn) {
        return new Normal(1 / Math.sqrt((double) fanIn));
    }

    /// A new F32 tensor on the CPU.
    default Tensor make(Shape shape, RandomGenerator random) {
        return switch (this) {
            case Zeros _ -> Tensors.zeros(shape, DType.F32, Device.CPU);
            case Ones _ -> Tensors.ones(shape, DType.F32, Device.CPU);
            case Normal(double deviation) -> Tensors.normal(shape, 0, deviation, random);
        };
    }
}
