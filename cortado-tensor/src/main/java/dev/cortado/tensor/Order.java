package dev.cortado.tensor;

import org.bytedeco.pytorch.global.torch;

/// Functions that compare elements with each other: largest ones and sorting.
public final class Order {
    private Order() {}

    /// Largest element along a dimension, which stays with size 1.
    public static Tensor max(Tensor x, int dim) {
        return Native.run("max", () -> torch.amax(x.handle(), new long[] {dim}, true), x);
    }

    /// Largest element so far along a dimension: result t is the maximum of elements 0 to t.
    public static Tensor runningMax(Tensor x, int dim) {
        return Native.run(
                "runningMax",
                () -> {
                    try (var both = x.handle().cummax(dim)) {
                        return new org.bytedeco.pytorch.Tensor(both.get0());
                    }
                },
                x);
    }

    /// The order (I64) that sorts x along a dimension, smallest first; equal elements keep theirs.
    public static Tensor argsort(Tensor x, int dim) {
        return Native.run("argsort", () -> torch.argsort(x.handle(), true, dim, false), x);
    }
}
