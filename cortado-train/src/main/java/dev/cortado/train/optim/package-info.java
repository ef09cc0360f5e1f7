/// Optimizers and learning-rate schedules. An optimizer changes parameters in place from their gradients and knows
/// nothing of models, data or losses.
@NullMarked
package dev.cortado.train.optim;

import org.jspecify.annotations.NullMarked;
