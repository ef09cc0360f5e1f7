package dev.cortado.model.mixing;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;

/// Query heads that share key/value heads (Ainslie et al. 2023, arXiv:2305.13245): query head h reads key/value head
/// h/G, G = H/K. Keys and values are never repeated; the queries of a group stand side by side instead.
final class Heads {
    private Heads() {}

    /// The query heads of each key/value head: [B, H, T, C] → [B, K, G, T, C], a view.
    static Tensor grouped(Tensor q, long kvHeads) {
        return q.reshape(q.size(0), kvHeads, q.size(1) / kvHeads, q.size(2), q.size(3));
    }

    /// Back again: [B, K, G, T, C] → [B, H, T, C].
    static Tensor merged(Tensor grouped) {
        return grouped.flatten(1, 2);
    }

    /// The dtype of sums: F32 for narrower ones.
    static DType wide(DType dtype) {
        return dtype == DType.F64 ? DType.F64 : DType.F32;
    }

    /// @throws IllegalArgumentException unless q is [B, H, T, C], k and v are [B, K, S, C] of its dtype, and K
    /// divides H
    static void require(Tensor q, Tensor k, Tensor v) {
        boolean fits = q.rank() == 4
                && k.rank() == 4
                && k.shape().equals(v.shape())
                && q.size(0) == k.size(0)
                && k.size(1) > 0
                && q.size(1) % k.size(1) == 0
                && q.size(3) == k.size(3)
                && q.dtype() == k.dtype()
                && q.dtype() == v.dtype();
        if (!fits) {
            throw new IllegalArgumentException("attention of q " + q.describe() + ", k " + k.describe() + " and v "
                    + v.describe() + ": wants [B, H, T, C] and twice [B, K, S, C] of one dtype, K dividing H");
        }
    }
}
