/// Training: one [dev.cortado.train.TrainingLoop] for every objective, model and optimizer.
///
/// Data flows from the rows of a corpus ([dev.cortado.train.Batches]) through an
/// [dev.cortado.train.objective.Objective] to the gradients, and through [dev.cortado.train.optim.AdamW] into the
/// parameters. What a run needs to go on after a crash is in its checkpoints; what a person wants to know is told to
/// a [dev.cortado.train.TrainingListener].
@NullMarked
package dev.cortado.train;

import org.jspecify.annotations.NullMarked;
