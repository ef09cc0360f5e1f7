package dev.cortado.tensor;

import dev.cortado.tensor.kernel.AdamWKernel;
import dev.cortado.tensor.kernel.CrossEntropyKernel;
import dev.cortado.tensor.kernel.Elements;
import dev.cortado.tensor.kernel.Kernels;
import dev.cortado.tensor.kernel.RmsNormKernel;
import dev.cortado.tensor.kernel.RotaryKernel;
import dev.cortado.tensor.kernel.SoftmaxKernel;
import dev.cortado.tensor.kernel.SwiGluKernel;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.global.torch;

/// Functions whose forward and backward passes are written by hand because the library's need much more time or
/// memory. Each has its naive form in [Nn] and equals it up to rounding.
///
/// On the CPU, for F32 and BF16, they run on the kernels of [dev.cortado.tensor.kernel]; elsewhere, and in a JVM
/// without the Vector API, they are the naive form.
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
        boolean backward = Grad.isOn() && (x.requiresGrad() || weight.requiresGrad());
        Chunks result;
        try (var _ = Grad.off()) {
            result = chunks(x, weight, targets, backward && x.requiresGrad(), backward && weight.requiresGrad());
        }
        return Differentiable.of(
                "linearCrossEntropy",
                List.of(x, weight),
                result::sum,
                dy -> List.of(
                        result.inputGradient().mul(dy.to(x.dtype())),
                        result.weightGradient().mul(dy)));
    }

    /// @param sum            scalar
    /// @param inputGradient  of x's shape and dtype; a scalar when it was not asked for
    /// @param weightGradient F32 [V, D]; the same
    private record Chunks(Tensor sum, Tensor inputGradient, Tensor weightGradient) {}

    private static Chunks chunks(
            Tensor x, Tensor weight, Tensor targets, boolean inputGradient, boolean weightGradient) {
        Tensor rows = x.flatten(0, -2); // [N, D]
        Tensor wide = weight.to(x.dtype()); // [V, D]
        Tensor flat = targets.reshape(-1); // [N]
        long count = rows.size(0);
        Tensor sum = Tensors.zeros(Shape.of(), DType.F64, x.device());
        Tensor dx = Tensors.zeros(inputGradient ? x.shape() : Shape.of(), x.dtype(), x.device());
        Tensor dWeight = Tensors.zeros(weightGradient ? weight.shape() : Shape.of(), DType.F32, x.device());
        for (long from = 0; from < count; from += CHUNK) {
            long to = Math.min(count, from + CHUNK);
            try (var _ = Scope.open("loss head")) {
                Tensor some = rows.slice(0, from, to);
                Tensor target = flat.slice(0, from, to);
                Tensor logits = Nn.linear(some, wide); // [n, V]
                Tensor dLogits = logitsLoss(logits, target, inputGradient || weightGradient, sum);
                if (inputGradient) {
                    dx.flatten(0, -2).slice(0, from, to).copyInPlace(dLogits.matmul(wide));
                }
                if (weightGradient) {
                    dWeight.addInPlace(dLogits.transpose(0, 1).matmul(some));
                }
            }
        }
        return new Chunks(sum.to(DType.F32), dx, dWeight);
    }

    /// Adds the losses of all rows to `sum` and makes the gradient of the logits out of them, in their memory.
    private static Tensor logitsLoss(Tensor logits, Tensor target, boolean withGradient, Tensor sum) {
        Optional<Elements> elements = elements(logits);
        if (elements.isEmpty()) {
            Tensor wide = logits.to(DType.F32);
            sum.addInPlace(Nn.crossEntropySum(wide, target));
            return withGradient ? Nn.crossEntropyGradient(wide, target).to(logits.dtype()) : logits;
        }
        Tensor columns = target.contiguous();
        int n = Math.toIntExact(logits.size(0));
        int v = Math.toIntExact(logits.size(1));
        sum.addInPlace(
                withGradient
                        ? CrossEntropyKernel.lossAndGradient(
                                logits.bytes(), elements.get(), n, v, columns.bytes(), Nn.IGNORED)
                        : CrossEntropyKernel.loss(logits.bytes(), elements.get(), n, v, columns.bytes(), Nn.IGNORED));
        return logits;
    }

    /// softmax(scale·scores) over the last dimension where token t of text b sees columns `firstVisible[b, t]` to
    /// its own, t + S − T: causal attention when that is 0 everywhere, and attention within the texts of a packed
    /// row when it is the column in which the token's text begins. Outside of that the result is 0.
    ///
    /// **The result takes the place of `scores` in memory** where it can: let nobody else use them, and let them
    /// come from a function whose backward pass does not need its result, such as a matrix product.
    ///
    /// @param scores       [B, K, G·T, S]
    /// @param scale        above 0
    /// @param firstVisible I64 [B, T]
    public static Tensor softmaxFrom(Tensor scores, double scale, Tensor firstVisible) {
        Optional<Elements> elements = elements(scores);
        if (elements.isEmpty()) {
            return Nn.softmaxFrom(scores, scale, firstVisible);
        }
        if (!(scale > 0) || scores.rank() != 4 || scores.size(0) != firstVisible.size(0)) {
            throw new TensorException("softmaxFrom of " + scores.describe() + " with scale " + scale
                    + " and firstVisible " + firstVisible.describe()
                    + ": wants [B, K, G·T, S], a scale above 0 and I64 [B, T]");
        }
        Tensor rows = scores.detach().contiguous();
        Tensor first = firstVisible.to(DType.I64).contiguous();
        var windows = new SoftmaxKernel.Windows(
                Math.toIntExact(scores.size(0)),
                Math.toIntExact(scores.size(1) * scores.size(2)),
                Math.toIntExact(first.size(1)),
                Math.toIntExact(scores.size(3)),
                first.bytes());
        SoftmaxKernel.forward(rows.bytes(), rows.bytes(), elements.get(), (float) scale, windows);
        return Differentiable.of("softmaxFrom", scores, () -> rows, dy -> {
            Tensor upstream = dy.contiguous();
            Tensor gradient = unfilled(dy.shape(), dy.dtype());
            SoftmaxKernel.backward(
                    rows.bytes(), upstream.bytes(), gradient.bytes(), elements.get(), (float) scale, windows);
            return gradient;
        });
    }

    /// x/√(mean(x²) + ε) · weight over the last dimension; see [Nn#rmsNorm]. x [.., D], weight F32 [D].
    public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
        Optional<Elements> elements = elements(x);
        if (elements.isEmpty() || weight.dtype() != DType.F32) {
            return Nn.rmsNorm(x, weight, epsilon);
        }
        int width = Math.toIntExact(weight.count());
        if (x.size(-1) != width) {
            throw new TensorException("rmsNorm of " + x.describe() + " with weight " + weight.describe());
        }
        Tensor rows = x.detach().contiguous();
        Tensor w = weight.detach().contiguous();
        Tensor y = unfilled(x.shape(), x.dtype());
        float[] inverses = RmsNormKernel.forward(
                rows.bytes(), w.bytes(), y.bytes(), elements.get(), Math.toIntExact(x.count() / width), width, epsilon);
        return Differentiable.of("rmsNorm", List.of(x, weight), () -> y, dy -> {
            Tensor dx = unfilled(x.shape(), x.dtype());
            Tensor dWeight = unfilled(weight.shape(), DType.F32);
            RmsNormKernel.backward(
                    rows.bytes(),
                    w.bytes(),
                    inverses,
                    dy.contiguous().bytes(),
                    dx.bytes(),
                    dWeight.bytes(),
                    elements.get(),
                    width);
            return List.of(dx, dWeight);
        });
    }

    /// silu(gate) ⊙ up; see [Nn#swiGlu]. Both of one shape and dtype.
    public static Tensor swiGlu(Tensor gate, Tensor up) {
        Optional<Elements> elements = elements(gate);
        if (elements.isEmpty() || gate.dtype() != up.dtype() || !gate.shape().equals(up.shape())) {
            return Nn.swiGlu(gate, up);
        }
        Tensor g = gate.detach().contiguous();
        Tensor u = up.detach().contiguous();
        Tensor y = unfilled(gate.shape(), gate.dtype());
        int count = Math.toIntExact(gate.count());
        SwiGluKernel.forward(g.bytes(), u.bytes(), y.bytes(), elements.get(), count);
        return Differentiable.of("swiGlu", List.of(gate, up), () -> y, dy -> {
            Tensor dGate = unfilled(gate.shape(), gate.dtype());
            Tensor dUp = unfilled(gate.shape(), gate.dtype());
            SwiGluKernel.backward(
                    g.bytes(), u.bytes(), dy.contiguous().bytes(), dGate.bytes(), dUp.bytes(), elements.get(), count);
            return List.of(dGate, dUp);
        });
    }

    /// A projection's result split into heads and turned by its positions; see [Nn#rotate].
    ///
    /// x [B, T, H·C], `cos` and `sin` F32 [B or 1, 1, T, C/2] → [B, H, T, C]
    public static Tensor splitHeadsRotated(Tensor x, long heads, Tensor cos, Tensor sin) {
        long batch = x.size(0);
        long tokens = x.size(1);
        long channels = x.size(2) / heads;
        Optional<Elements> elements = elements(x);
        if (elements.isEmpty() || cos.dtype() != DType.F32 || sin.dtype() != DType.F32) {
            Tensor split = x.reshape(batch, tokens, heads, channels).transpose(1, 2);
            return Nn.rotate(split, cos, sin);
        }
        Shape angles = Shape.of(cos.size(0), 1, tokens, channels / 2);
        if (x.rank() != 3
                || x.size(2) != heads * channels
                || channels % 2 != 0
                || (cos.size(0) != 1 && cos.size(0) != batch)
                || !cos.shape().equals(angles)
                || !sin.shape().equals(angles)) {
            throw new TensorException("splitHeadsRotated of " + x.describe() + " into " + heads + " heads with cos "
                    + cos.describe() + " and sin " + sin.describe()
                    + ": wants [B, T, H·C] and twice [B or 1, 1, T, C/2]");
        }
        Tensor rows = x.detach().contiguous();
        Tensor c = cos.contiguous();
        Tensor s = sin.contiguous();
        var turn = new RotaryKernel.Turn(
                Math.toIntExact(batch),
                Math.toIntExact(tokens),
                Math.toIntExact(heads),
                Math.toIntExact(channels),
                c.bytes(),
                s.bytes(),
                Math.toIntExact(cos.size(0)));
        Tensor y = unfilled(Shape.of(batch, heads, tokens, channels), x.dtype());
        RotaryKernel.splitAndTurn(rows.bytes(), y.bytes(), elements.get(), turn);
        return Differentiable.of("splitHeadsRotated", x, () -> y, dy -> {
            Tensor dx = unfilled(x.shape(), x.dtype());
            RotaryKernel.turnBackAndMerge(dy.contiguous().bytes(), dx.bytes(), elements.get(), turn);
            return dx;
        });
    }

    /// One step of AdamW in one pass over memory. Changes `weights` and the moments `first` and `second`, all of
    /// one shape, F32 and contiguous on the fast path.
    public static void adamW(Tensor weights, Tensor gradient, Tensor first, Tensor second, AdamWKernel.Step step) {
        if (!weights.shape().equals(gradient.shape())
                || !weights.shape().equals(first.shape())
                || !weights.shape().equals(second.shape())) {
            throw new TensorException("adamW of " + weights.describe() + " with gradient " + gradient.describe()
                    + " and moments " + first.describe() + " and " + second.describe());
        }
        try (var _ = Scope.open("adamW");
                var _ = Grad.off()) {
            if (isFlat(weights) && isFlat(gradient) && isFlat(first) && isFlat(second)) {
                AdamWKernel.step(
                        weights.bytes(),
                        gradient.bytes(),
                        first.bytes(),
                        second.bytes(),
                        Math.toIntExact(weights.count()),
                        step);
                return;
            }
            Tensor g = gradient.mul(step.gradientScale());
            first.mulInPlace(step.beta1()).addInPlace(g, 1 - step.beta1());
            second.mulInPlace(step.beta2()).addInPlace(g.square(), 1 - step.beta2());
            Tensor root = second.sqrt().div(Math.sqrt(step.correction2())).add(step.epsilon());
            weights.mulInPlace(1 - step.lr() * step.weightDecay());
            weights.addInPlace(first.div(root), -step.lr() / step.correction1());
        }
    }

    /// Σ x² over all elements, the same for any number of threads.
    public static double sumOfSquares(Tensor x) {
        try (var _ = Scope.open("sumOfSquares");
                var _ = Grad.off()) {
            return isFlat(x)
                    ? AdamWKernel.sumOfSquares(x.bytes(), Math.toIntExact(x.count()))
                    : x.to(DType.F64).square().sum().toDouble();
        }
    }

    private static boolean isFlat(Tensor x) {
        return x.dtype() == DType.F32 && elements(x).isPresent() && x.handle().is_contiguous();
    }

    /// A tensor for a kernel to fill.
    private static Tensor unfilled(Shape shape, DType dtype) {
        try (var options = Native.options(dtype, Device.CPU);
                var format = new MemoryFormatOptional()) {
            return Native.run("unfilled " + shape, () -> torch.empty(shape.sizes(), options, format));
        }
    }

    /// How the kernels read `x`; empty when they do not.
    private static Optional<Elements> elements(Tensor x) {
        if (!Kernels.available() || !x.device().equals(Device.CPU)) {
            return Optional.empty();
        }
        return switch (x.dtype()) {
            case F32 -> Optional.of(Elements.F32);
            case BF16 -> Optional.of(Elements.BF16);
            default -> Optional.empty();
        };
    }
}
