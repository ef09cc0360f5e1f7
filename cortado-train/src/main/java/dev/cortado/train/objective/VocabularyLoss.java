package dev.cortado.train.objective;

import dev.cortado.model.Head;
import dev.cortado.model.Projection;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;

/// −Σ log p(target) of a language model's activations, with a softmax over the vocabulary.
final class VocabularyLoss {
    private VocabularyLoss() {}

    /// hidden [B, T, D], targets I64 [B, T] → a scalar.
    static Tensor sum(Head head, Tensor hidden, Tensor targets, CausalObjective.Head how) {
        return head.isPlain()
                        && how == CausalObjective.Head.CHUNKED
                        && head.projection() instanceof Projection.Dense(Tensor weight)
                ? Fused.linearCrossEntropySum(hidden, weight, targets)
                : Nn.crossEntropySum(head.apply(hidden).to(DType.F32), targets);
    }
}
