package dev.cortado.train.objective;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Pass;
import dev.cortado.model.RouterLoad;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;

/// Next-token prediction: −Σ log p(xₜ | x₍<ₜ₎) (Bengio et al. 2003; Radford et al. 2018).
///
/// @param head how the loss over the vocabulary is computed
public record CausalObjective(Head head) implements Objective<CausalLm> {
    /// How the loss over the vocabulary is computed; the values are the same.
    public enum Head {
        /// In chunks of rows: the logits of a batch are never held at once.
        CHUNKED,
        /// All logits in F32, then the library's cross-entropy.
        PLAIN
    }

    @Override
    public Loss loss(CausalLm model, Batch batch, Pass pass) {
        var routers = new RouterLoad();
        Tensor hidden = model.hidden(batch.inputs(), pass.with(batch.layout()).with(routers)); // [B, T, D]
        Tensor sum = VocabularyLoss.sum(model.head(), hidden, batch.targets(), head);
        // A mixture of experts also learns to use them all; the loop divides by the number of targets.
        Tensor total = routers.isEmpty() || !Grad.isOn()
                ? sum
                : sum.add(routers.loss().mul(model.spec().routerLoss() * batch.count()));
        return new Loss(total, batch.count());
    }
}
