package dev.cortado.model;

import dev.cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A model that reads: from token ids to an activation of each, and through its head, if it has one, to what the
/// head was trained for.
public non-sealed interface Encoder extends Model {
    /// The last layer's activations. → [B, T, D], of the pass's precision.
    Tensor hidden(Tokens tokens, Pass pass);

    /// What is computed of the activations.
    Optional<EncoderHead> head();

    /// All heads, the one of [#head] first: a BERT in pre-training has a second one, for the next sentence.
    default List<EncoderHead> heads() {
        return head().stream().toList();
    }

    /// How a whole text's activation was made in training, if the model has learned that.
    default Optional<Pooler> pooler() {
        return Optional.empty();
    }

    /// What an encoder reads.
    ///
    /// @param ids   I64 [B, T]
    /// @param types I64 [B, T]: which of two texts each belongs to; without, all are of the first
    record Tokens(Tensor ids, Optional<Tensor> types) {
        /// Ids of one text.
        public static Tokens of(Tensor ids) {
            return new Tokens(ids, Optional.empty());
        }
    }
}
