package dev.cortado.model.mixing;

import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;

/// Attention to a text summed up in few rows: Linformer (Wang et al. 2020, arXiv:2006.04768, equation 7):
/// softmax(q·(E·k)ᵀ/√C)·(F·v), with learned E and F [rank, length] that all heads share. A shorter text uses their
/// first T columns.
///
/// Each row of E·k is a mixture of all tokens, future ones too: there is no causal form.
public final class LinformerAttention implements Mixer {
    private static final SoftmaxAttention ATTENTION = new SoftmaxAttention(false);

    private final long length;
    private final Tensor forKeys; // E [rank, length]
    private final Tensor forValues; // F [rank, length]

    /// Parameters `e_proj.weight` and `f_proj.weight`.
    ///
    /// @param length most tokens of a text
    /// @param rank   rows it is summed up in
    public LinformerAttention(Params params, int length, int rank) {
        this.length = length;
        this.forKeys = params.tensor("e_proj.weight", Shape.of(rank, length), Init.fanIn(length));
        this.forValues = params.tensor("f_proj.weight", Shape.of(rank, length), Init.fanIn(length));
    }

    /// @throws IllegalArgumentException for a text longer than E and F are made for
    @Override
    public Tensor mix(Tensor q, Tensor k, Tensor v) {
        Heads.require(q, k, v);
        if (k.size(2) > length) {
            throw new IllegalArgumentException("a text of " + k.size(2) + " tokens, where this Linformer's projections "
                    + "are for " + length + " at most; shorten the text or build the model for longer ones");
        }
        return ATTENTION.mix(q, summed(forKeys, k), summed(forValues, v));
    }

    /// E·x along the text: [B, K, T, C] → [B, K, rank, C].
    private static Tensor summed(Tensor projection, Tensor x) {
        return projection.slice(1, 0, x.size(2)).to(x.dtype()).contiguous().matmul(x);
    }
}
