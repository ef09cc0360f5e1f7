package dev.cortado.model.mixing;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;

/// softmax(q·kᵀ/√C)·v (Vaswani et al. 2017, arXiv:1706.03762, equation 1), with all weights [T, S] at once on the
/// CPU; on CUDA by the library's kernel.
public final class SoftmaxAttention implements Mixer {
    private final boolean causal;

    public SoftmaxAttention(boolean causal) {
        this.causal = causal;
    }

    /// As [Mixer#mix]; when not causal, k and v may have another number of tokens.
    @Override
    public Tensor mix(Tensor q, Tensor k, Tensor v) {
        Heads.require(q, k, v);
        if (q.device() instanceof Device.Cuda) {
            return Nn.scaledDotProduct(q, k, v, causal);
        }
        long tokens = q.size(2);
        Tensor grouped = Heads.grouped(q, k.size(1)).flatten(2, 3); // [B, K, G·T, C]
        Tensor scores = grouped.matmul(k.transpose(2, 3)); // [B, K, G·T, S]
        double scale = 1 / Math.sqrt((double) q.size(3));
        Tensor weights = causal
                ? Fused.softmaxFrom(scores, scale, Tensors.zeros(Shape.of(q.size(0), tokens), DType.I64, q.device()))
                : scores.mul(scale).softmax(-1);
        return weights.matmul(v).reshape(q.shape().sizes());
    }
}
