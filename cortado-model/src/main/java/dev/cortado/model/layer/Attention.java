package dev.cortado.model.layer;

import dev.cortado.model.Init;
import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;

/// Grouped-query self-attention (Vaswani et al. 2017, arXiv:1706.03762; Ainslie et al. 2023, arXiv:2305.13245).
public final class Attention {
    private final int layer;
    private final int heads;
    private final int kvHeads;
    private final Projection query;
    private final Projection key;
    private final Projection value;
    private final Projection output;

    public Attention(Params params, int layer, int width, int heads, int kvHeads, int headDim) {
        this.layer = layer;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.query = params.projection("q_proj", width, (long) heads * headDim);
        this.key = params.projection("k_proj", width, (long) kvHeads * headDim);
        this.value = params.projection("v_proj", width, (long) kvHeads * headDim);
        this.output = params.projection("o_proj", (long) heads * headDim, width, new Init.Zeros());
    }

    /// x [B, T, D] → [B, T, D].
    public Tensor forward(Tensor x, Rotary.Angles angles, AttentionMask mask, Pass pass) {
        Tensor q = Rotary.split(query.apply(x), heads, angles, pass.form()); // [B, H, T, C]
        Tensor k = Rotary.split(key.apply(x), kvHeads, angles, pass.form()); // [B, K, T, C]
        Tensor v = split(value.apply(x), kvHeads); // [B, K, T, C]
        KeyValue seen = pass.cache().map(cache -> cache.remember(layer, k, v)).orElseGet(() -> new KeyValue(k, v));
        Tensor mixed = attend(q, seen.keys(), seen.values(), mask); // [B, H, T, C]
        return output.apply(mixed.transpose(1, 2).flatten(2));
    }

    /// softmax(q·kᵀ/√C + mask)·v. q [B, H, T, C], k and v [B, K, S, C] → [B, H, T, C].
    static Tensor attend(Tensor q, Tensor k, Tensor v, AttentionMask mask) {
        return switch (mask) {
            case AttentionMask.From(Tensor first) -> explicit(q, k, v, first);
            case AttentionMask.Everything _ -> Nn.scaledDotProduct(q, k, v, false);
            case AttentionMask.Causal _ -> Nn.scaledDotProduct(q, k, v, true);
            case AttentionMask.Added(Tensor scores) -> Nn.scaledDotProduct(q, k, v, scores);
        };
    }

    /// The G query heads of a group stand one below the other, so that keys and values are never repeated.
    private static Tensor explicit(Tensor q, Tensor k, Tensor v, Tensor first) {
        long kvHeads = k.size(1);
        long newTokens = q.size(2);
        long group = q.size(1) / kvHeads;
        Tensor grouped = q.reshape(q.size(0), kvHeads, group * newTokens, q.size(3)); // [B, K, G·T, C]
        Tensor scores = grouped.matmul(k.transpose(2, 3)); // [B, K, G·T, S]
        Tensor weights = Fused.softmaxFrom(scores, 1 / Math.sqrt((double) q.size(3)), first);
        return weights.matmul(v).reshape(q.size(0), q.size(1), newTokens, q.size(3));
    }

    /// [B, T, heads·C] → [B, heads, T, C].
    static Tensor split(Tensor x, int heads) {
        return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }
}
