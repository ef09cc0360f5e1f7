package dev.cortado.tensor;

import dev.cortado.tensor.kernel.Kernels;
import dev.cortado.tensor.kernel.OnlineSoftmaxKernel;

/// The softmax of rows whose scores are made tile by tile and never all there (Milakov & Gimelshein 2018,
/// arXiv:1805.02867), and its gradient by tiles (Dao 2023, arXiv:2307.08691, algorithms 1 and 2). All functions
/// overwrite their first argument; nothing is recorded that a backward pass could use. On the CPU in F32 each is one
/// pass of a kernel of ours, elsewhere LibTorch's operations.
public final class OnlineSoftmax {
    /// Below every score, and yet finite, so that differences of it are numbers.
    private static final double LOWEST = -1e30;

    private final Tensor largest;
    private final Tensor mass;

    private OnlineSoftmax(Tensor largest, Tensor mass) {
        this.largest = largest;
        this.mass = mass;
    }

    /// Rows of which no column was seen; `rows` [.., R, 1] says how many.
    public static OnlineSoftmax begin(Shape rows, DType dtype, Device device) {
        return new OnlineSoftmax(Tensors.filled(rows, LOWEST, dtype, device), Tensors.zeros(rows, dtype, device));
    }

    /// m, the largest score so far, `scale` counted in: [.., R, 1].
    public Tensor largest() {
        return largest;
    }

    /// l = Σ e^(score − m) over the columns so far: [.., R, 1].
    public Tensor mass() {
        return mass;
    }

    /// Takes more columns in.
    ///
    /// @param scores [.., R, C], contiguous; −∞ where a row does not see a column; becomes e^(scale·scores − m)
    /// @param scale  above 0
    /// @return e^(m before − m now), by which earlier sums of e^(score − m) are to be multiplied: [.., R, 1]
    public Tensor add(Tensor scores, double scale) {
        if (!fast(scores)) {
            Tensor next = Tensors.larger(largest, Order.max(scores.mulInPlace(scale), -1));
            InPlace.exp(InPlace.sub(scores, next));
            Tensor shrink = InPlace.exp(largest.sub(next));
            InPlace.mul(mass, shrink).addInPlace(scores.sum(-1));
            largest.copyInPlace(next);
            return shrink;
        }
        Tensor shrink = Tensors.zeros(mass.shape(), DType.F32, Device.CPU);
        OnlineSoftmaxKernel.add(
                scores.bytes(), largest.bytes(), mass.bytes(), shrink.bytes(), rows(scores), columns(scores), (float)
                        scale);
        return shrink;
    }

    /// scores [.., R, C], contiguous → e^(scale·scores − logs), logs [.., R, 1].
    public static Tensor weights(Tensor scores, double scale, Tensor logs) {
        if (!fast(scores)) {
            return InPlace.exp(InPlace.sub(scores.mulInPlace(scale), logs));
        }
        OnlineSoftmaxKernel.weights(
                scores.bytes(), logs.contiguous().bytes(), rows(scores), columns(scores), (float) scale);
        return scores;
    }

    /// Gradients of weights [.., R, C], contiguous → of scores: scale·(gradients − deltas)·weights, deltas [..,
    /// R, 1].
    public static Tensor gradient(Tensor gradients, Tensor weights, Tensor deltas, double scale) {
        if (!fast(gradients)) {
            return InPlace.mul(InPlace.sub(gradients, deltas), weights).mulInPlace(scale);
        }
        OnlineSoftmaxKernel.gradient(
                gradients.bytes(),
                weights.contiguous().bytes(),
                deltas.contiguous().bytes(),
                rows(gradients),
                columns(gradients),
                (float) scale);
        return gradients;
    }

    private static boolean fast(Tensor x) {
        return Kernels.available() && x.device().equals(Device.CPU) && x.dtype() == DType.F32 && x.count() > 0;
    }

    private static int columns(Tensor x) {
        return Math.toIntExact(x.size(-1));
    }

    private static int rows(Tensor x) {
        return Math.toIntExact(x.count() / x.size(-1));
    }
}
