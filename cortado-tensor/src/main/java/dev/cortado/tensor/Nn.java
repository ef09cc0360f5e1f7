package dev.cortado.tensor;

import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/// Functions of neural networks on tensors: LibTorch's own, differentiable. Fused forms live in [Fused].
public final class Nn {
    /// A target that takes no part in a loss.
    public static final long IGNORED = -100;

    private Nn() {}

    /// x·Wᵀ, in the dtype of both. x [.., N], weight [M, N] → [.., M].
    public static Tensor linear(Tensor x, Tensor weight) {
        return Native.run("linear", () -> torch.linear(x.handle(), weight.handle()), x, weight);
    }

    /// Rows of `weight` [V, D] named by `ids` (I64, any shape) → [.., D].
    public static Tensor embedding(Tensor weight, Tensor ids) {
        return Native.run("embedding", () -> torch.embedding(weight.handle(), ids.handle()), weight, ids);
    }

    /// x/√(mean(x²) + ε) · weight over the last dimension (Zhang & Sennrich 2019, arXiv:1910.07467). Statistics
    /// in F32. The weight is cast to x's dtype, for which the library has a kernel.
    public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
        long[] last = {weight.count()};
        Tensor alike = weight.to(x.dtype());
        try (var w = new TensorOptional(alike.handle());
                var eps = new DoubleOptional(epsilon)) {
            return Native.run("rmsNorm", () -> torch.rms_norm(x.handle(), last, w, eps), x, weight);
        }
    }

    /// x·sigmoid(x) (Hendrycks & Gimpel 2016; Ramachandran et al. 2017).
    public static Tensor silu(Tensor x) {
        return Native.run("silu", () -> torch.silu(x.handle()), x);
    }

    /// (x − mean)/√(variance + ε) · weight + bias over the last dimension (Ba et al. 2016, arXiv:1607.06450).
    /// Statistics in F32; weight and bias [D] are cast to x's dtype.
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
        long[] last = {weight.count()};
        Tensor w = weight.to(x.dtype());
        Tensor b = bias.to(x.dtype());
        try (var scale = new TensorOptional(w.handle());
                var shift = new TensorOptional(b.handle())) {
            return Native.run(
                    "layerNorm",
                    () -> torch.layer_norm(x.handle(), last, scale, shift, epsilon, true),
                    x,
                    weight,
                    bias);
        }
    }

    /// x·Φ(x) with the normal distribution's Φ (Hendrycks & Gimpel 2016, arXiv:1606.08415).
    public static Tensor gelu(Tensor x) {
        return gelu(x, "none");
    }

    /// The approximation ½x(1 + tanh(√(2/π)(x + 0.044715x³))) of the same paper.
    public static Tensor geluTanh(Tensor x) {
        return gelu(x, "tanh");
    }

    private static Tensor gelu(Tensor x, String approximation) {
        return Native.run("gelu", () -> torch.gelu(x.handle(), approximation), x);
    }

    /// max(x, 0).
    public static Tensor relu(Tensor x) {
        return Native.run("relu", () -> torch.relu(x.handle()), x);
    }

    /// Each number brought into −bound … bound.
    public static Tensor clamp(Tensor x, double bound) {
        try (var low = new Scalar(-bound);
                var high = new Scalar(bound);
                var least = new ScalarOptional(low);
                var most = new ScalarOptional(high)) {
            return Native.run("clamp", () -> torch.clamp(x.handle(), least, most), x);
        }
    }

    /// The hyperbolic tangent.
    public static Tensor tanh(Tensor x) {
        return Native.run("tanh", () -> torch.tanh(x.handle()), x);
    }

    /// bound·tanh(x/bound): x as long as it is small, and never beyond ±bound (Gemma 2, arXiv:2408.00118).
    public static Tensor softcap(Tensor x, double bound) {
        return tanh(x.div(bound)).mul(bound);
    }

    /// Mean negative log-likelihood of `targets` (I64 [..]) under `logits` [.., V]; targets equal to [#IGNORED]
    /// do not count.
    public static Tensor crossEntropy(Tensor logits, Tensor targets) {
        return crossEntropy(logits, targets, MEAN);
    }

    /// The sum instead of the mean of [#crossEntropy].
    public static Tensor crossEntropySum(Tensor logits, Tensor targets) {
        return crossEntropy(logits, targets, SUM);
    }

    /// The gradient of [#crossEntropySum] with respect to `logits` F32 [N, V]: softmax − one-hot, and 0 for rows
    /// whose target does not count.
    static Tensor crossEntropyGradient(Tensor logits, Tensor targets) {
        Tensor counted = targets.eq(IGNORED).not(); // [N]
        Tensor index = targets.mul(counted.to(DType.I64)).unsqueeze(1); // [N, 1]; an ignored target reads id 0
        Tensor gradient = logits.softmax(-1);
        gradient.scatterAddInPlace(1, index, Tensors.filled(index.shape(), -1, DType.F32, logits.device()));
        return gradient.mul(counted.to(DType.F32).unsqueeze(1));
    }

    /// silu(gate) ⊙ up (Shazeer 2020, arXiv:2002.05202).
    public static Tensor swiGlu(Tensor gate, Tensor up) {
        return silu(gate).mul(up);
    }

    /// Rotary positions (Su et al. 2021, arXiv:2104.09864): each pair of channels (i, i + C/2) of x [B, H, T, C]
    /// turned by the angle whose `cos` and `sin` are [B or 1, 1, T, C/2] in F32.
    public static Tensor rotate(Tensor x, Tensor cos, Tensor sin) {
        long half = x.size(-1) / 2;
        Tensor first = x.slice(-1, 0, half);
        Tensor second = x.slice(-1, half);
        Tensor c = cos.to(x.dtype());
        Tensor s = sin.to(x.dtype());
        return Tensors.cat(
                List.of(first.mul(c).sub(second.mul(s)), second.mul(c).add(first.mul(s))), -1);
    }

    /// softmax(scale·scores) over the last dimension where token t of text b sees columns `firstVisible[b, t]` to
    /// its own, t + S − T. scores [B, K, G·T, S], firstVisible I64 [B, T].
    public static Tensor softmaxFrom(Tensor scores, double scale, Tensor firstVisible) {
        long tokens = firstVisible.size(1);
        long columns = scores.size(3);
        Tensor column = Tensors.range(0, columns, scores.device()); // [S]
        Tensor own = Tensors.range(columns - tokens, columns, scores.device()).unsqueeze(1); // [T, 1]
        Tensor hidden = column.lt(firstVisible.unsqueeze(-1)).or(column.gt(own)); // [B, T, S]
        return scores.reshape(scores.size(0), scores.size(1), -1, tokens, columns)
                .mul(scale)
                .maskedFill(hidden.unsqueeze(1).unsqueeze(1), Double.NEGATIVE_INFINITY)
                .softmax(-1)
                .reshape(scores.shape().sizes());
    }

    /// softmax(q·kᵀ/√C + mask)·v by LibTorch's own kernel: flash attention on CUDA, a slow-backward one on the
    /// CPU.
    ///
    /// q [B, H, T, C], k and v [B, K, S, C] with K dividing H; without a mask, `causal` hides the future.
    public static Tensor scaledDotProduct(Tensor q, Tensor k, Tensor v, boolean causal) {
        boolean grouped = q.size(1) != k.size(1);
        try (var scale = new DoubleOptional()) {
            return Native.run(
                    "scaledDotProduct",
                    () -> torch.scaled_dot_product_attention(
                            q.handle(), k.handle(), v.handle(), Constants.NO_TENSOR, 0.0, causal, scale, grouped),
                    q,
                    k,
                    v);
        }
    }

    /// The same with a mask that is added to the scores: [B or 1, H or 1, T, S], of q's dtype.
    public static Tensor scaledDotProduct(Tensor q, Tensor k, Tensor v, Tensor mask) {
        boolean grouped = q.size(1) != k.size(1);
        try (var scale = new DoubleOptional();
                var added = new TensorOptional(mask.handle())) {
            return Native.run(
                    "scaledDotProduct",
                    () -> torch.scaled_dot_product_attention(
                            q.handle(), k.handle(), v.handle(), added, 0.0, false, scale, grouped),
                    q,
                    k,
                    v,
                    mask);
        }
    }

    private static final long MEAN = 1;
    private static final long SUM = 2;

    private static Tensor crossEntropy(Tensor logits, Tensor targets, long reduction) {
        Tensor rows = logits.flatten(0, -2);
        Tensor flat = targets.reshape(-1);
        return Native.run(
                "crossEntropy",
                () -> torch.cross_entropy_loss(
                        rows.handle(), flat.handle(), Constants.NO_TENSOR, reduction, IGNORED, 0.0),
                logits,
                targets);
    }
}
