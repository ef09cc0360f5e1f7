package dev.cortado.tensor;

import org.bytedeco.pytorch.Scalar;

/// Element-wise functions that overwrite their first argument and return it: for algorithms in tiles, where a result
/// of its own for every step would cost more than the step. Nothing is recorded that a backward pass could use, so
/// they belong inside [Grad#off] and [Differentiable]. More of them are methods of [Tensor].
public final class InPlace {
    private InPlace() {}

    /// x ← eˣ.
    public static Tensor exp(Tensor x) {
        return run("exp in place", x, () -> x.handle().exp_());
    }

    /// x ← x − other, broadcast to x.
    public static Tensor sub(Tensor x, Tensor other) {
        return run("sub in place", x, () -> x.handle().sub_(other.handle()), other);
    }

    /// x ← x · other, broadcast to x.
    public static Tensor mul(Tensor x, Tensor other) {
        return run("mul in place", x, () -> x.handle().mul_(other.handle()), other);
    }

    /// x ← `number` wherever `mask` (BOOL, broadcast to x) is true.
    public static Tensor maskedFill(Tensor x, Tensor mask, double number) {
        try (var scalar = new Scalar(number)) {
            return run("maskedFill in place", x, () -> x.handle().masked_fill_(mask.handle(), scalar), mask);
        }
    }

    private static Tensor run(String name, Tensor x, Runnable body, Tensor... others) {
        try {
            body.run();
            return x;
        } catch (TensorException e) {
            throw e;
        } catch (RuntimeException e) {
            Tensor[] all = new Tensor[others.length + 1];
            all[0] = x;
            System.arraycopy(others, 0, all, 1, others.length);
            throw Native.refused(name, e, all);
        }
    }
}
