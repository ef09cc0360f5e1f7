package dev.cortado.train;

import java.nio.file.Path;

/// Told what happens during a run; by default it does not listen.
public interface TrainingListener {
    /// A step is done.
    default void stepped(StepReport report) {}

    /// The model was evaluated after a step.
    default void evaluated(long step, Evaluation evaluation) {}

    /// A checkpoint is complete.
    default void saved(long step, Path folder) {}
}
