package dev.cortado.model;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;

/// A decoder: from token ids to the logits of each next token.
public non-sealed interface CausalLm extends Model {
    /// The last layer's activations, ready for [#head]. ids I64 [B, T] → [B, T, D], of the pass's precision.
    Tensor hidden(Tensor ids, Pass pass);

    /// From activations [.., D] to logits [.., V].
    Head head();

    /// Logits of the next token at every position. ids I64 [B, T] → [B, T, V].
    default Tensor forward(Tensor ids, Pass pass) {
        return head().apply(hidden(ids, pass));
    }

    /// An empty cache for texts of up to `capacity` tokens.
    KvCache newCache(long batch, long capacity, DType dtype);
}
