package dev.cortado.model.layer;

import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Tensor;

/// Attention of a decoder's tokens to an encoder's (Vaswani et al. 2017, arXiv:1706.03762, section 3.2.3). Keys and
/// values are made once for a text that was read, whatever is then written.
public record CrossAttention(
        AttentionShape shape, Projection query, Projection key, Projection value, Projection output) {
    /// encoded [B, S, D] → keys and values [B, K, S, C].
    public KeyValue remember(Tensor encoded) {
        return new KeyValue(
                Attention.split(key.apply(encoded), shape.kvHeads()),
                Attention.split(value.apply(encoded), shape.kvHeads()));
    }

    /// x [B, T, D] → [B, T, D].
    public Tensor forward(Tensor x, KeyValue memory, Scores scores, Pass pass) {
        Tensor q = Attention.split(query.apply(x), shape.heads()); // [B, H, T, C]
        Tensor mixed = Attention.attend(q, memory.keys(), memory.values(), scores, pass.form()); // [B, H, T, C]
        return output.apply(mixed.transpose(1, 2).flatten(2));
    }
}
