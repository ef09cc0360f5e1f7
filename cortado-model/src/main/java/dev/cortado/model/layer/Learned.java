package dev.cortado.model.layer;

import dev.cortado.model.Embedding;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;

/// A learned vector for each position, added to the embeddings (Gehring et al. 2017; Devlin et al. 2018).
///
/// @param table  [contextLength + offset, D]
/// @param offset row of position 0: 2 in OPT, BART and RoBERTa, whose first rows belong to padding
public record Learned(Embedding table, int offset) implements Positions {
    @Override
    public Tensor embed(Tensor x, Tensor positions) {
        // The sum with a number is floating, and exact for all positions there can be.
        Tensor rows = offset == 0 ? positions : positions.add(offset).to(DType.I64);
        return x.add(table.rows(rows, x.dtype()));
    }
}
