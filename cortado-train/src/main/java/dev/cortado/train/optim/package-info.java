/// Optimizers and learning-rate schedules. An optimizer changes parameters in place from their gradients and knows
/// nothing of models, data or losses.
/// What they gather is theirs to keep and is saved with a run's checkpoints.
@NullMarked
package dev.cortado.train.optim;

import org.jspecify.annotations.NullMarked;
