package dev.cortado.train.objective;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Pass;

/// What a model is trained to do: a formula from a batch to a number that should become small.
public interface Objective {
    /// The loss of a batch; differentiable when recording is on. `pass` sets precision and kernels, the batch
    /// its rows.
    Loss loss(CausalLm model, Batch batch, Pass pass);
}
