package dev.cortado.train.objective;

import dev.cortado.model.Model;
import dev.cortado.model.Pass;

/// What a model is trained to do: a formula from a batch to a number that should become small.
///
/// @param <M> the kind of model it is for
public interface Objective<M extends Model> {
    /// The loss of a batch; differentiable when recording is on. `pass` sets precision and kernels, the batch
    /// its rows.
    Loss loss(M model, Batch batch, Pass pass);
}
