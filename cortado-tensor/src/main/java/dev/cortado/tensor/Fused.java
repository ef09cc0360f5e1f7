package dev.cortado.tensor;

import java.util.function.Function;

/// Functions whose forward and backward passes are written by hand because the library's need much more time or
/// memory. Each has its naive form in [Nn] and equals it up to rounding.
public final class Fused {
    /// Rows whose logits are held at once: with a vocabulary of 50,000, 1,024 rows are 100 MB in BF16.
    private static final long CHUNK = 1024;

    private Fused() {}

    /// Sum of the negative log-likelihoods of `targets` under logits x·Wᵀ, without ever holding all logits.
    ///
    /// The gradient of a chunk of logits is softmax − one-hot, so it is computed together with the loss and
    /// turned at once into the gradients of x and W; only these are kept for the backward pass, which scales
    /// them. x [.., D], weight F32 [V, D], targets I64 [..]; targets equal to [Nn#IGNORED] do not count. The sum
    /// is F32.
    public static Tensor linearCrossEntropySum(Tensor x, Tensor weight, Tensor targets) {
        if (!Grad.isOn() || !(x.requiresGrad() || weight.requiresGrad())) {
            return chunks(x, weight, targets, false).sum();
        }
        if (!x.requiresGrad()) { // the head alone learns: its gradient is made when that of x arrives
            return linearCrossEntropySum(x.detach().requiresGrad(true), weight, targets);
        }
        Chunks result;
        try (var _ = Grad.off()) {
            result = chunks(x, weight, targets, true);
        }
        Function<Tensor, Tensor> gradient = dy -> {
            if (weight.requiresGrad()) {
                Differentiable.accumulate(weight, result.weightGradient().mul(dy));
            }
            return result.inputGradient()
                    .mul(dy.to(x.dtype()))
                    .reshape(x.shape().sizes());
        };
        return Differentiable.otherShape("linearCrossEntropy", x, result::sum, gradient);
    }

    /// @param sum            scalar
    /// @param inputGradient  [N, D] of x's dtype; nothing but zeros when gradients were not asked for
    /// @param weightGradient F32 [V, D]; the same
    private record Chunks(Tensor sum, Tensor inputGradient, Tensor weightGradient) {}

    private static Chunks chunks(Tensor x, Tensor weight, Tensor targets, boolean withGradient) {
        Tensor rows = x.detach().flatten(0, -2); // [N, D]
        Tensor wide = weight.detach().to(x.dtype()); // [V, D]
        Tensor flat = targets.reshape(-1); // [N]
        long count = rows.size(0);
        Tensor sum = Tensors.zeros(Shape.of(), DType.F32, x.device());
        Tensor dx = Tensors.zeros(Shape.of(withGradient ? count : 0, rows.size(1)), x.dtype(), x.device());
        Tensor dWeight = Tensors.zeros(withGradient ? weight.shape() : Shape.of(0), DType.F32, x.device());
        for (long from = 0; from < count; from += CHUNK) {
            long to = Math.min(count, from + CHUNK);
            try (var _ = Scope.open("loss head")) {
                Tensor some = rows.slice(0, from, to);
                Tensor target = flat.slice(0, from, to);
                Tensor logits = Nn.linear(some, wide).to(DType.F32); // [n, V]
                Tensor logProbabilities = logits.logSoftmax(-1);
                Tensor counted = target.eq(Nn.IGNORED).not(); // [n]
                Tensor index = target.mul(counted.to(DType.I64)).unsqueeze(1); // [n, 1]; an ignored target reads id 0
                Tensor weights = counted.to(DType.F32).unsqueeze(1); // [n, 1]
                sum.addInPlace(logProbabilities.gather(1, index).mul(weights).sum(), -1);
                if (withGradient) {
                    Tensor dLogits = logProbabilities.exp();
                    dLogits.scatterAddInPlace(1, index, Tensors.filled(index.shape(), -1, DType.F32, x.device()));
                    Tensor narrow = dLogits.mul(weights).to(x.dtype()); // [n, V]
                    dx.slice(0, from, to).copyInPlace(narrow.matmul(wide));
                    dWeight.addInPlace(narrow.transpose(0, 1).matmul(some));
                }
            }
        }
        return new Chunks(sum, dx, dWeight);
    }
}
