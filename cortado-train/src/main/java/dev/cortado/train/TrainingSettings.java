package dev.cortado.train;

import dev.cortado.model.ComputeForm;
import dev.cortado.tensor.DType;
import dev.cortado.train.optim.Schedule;

/// How a run goes, whatever the model and the objective.
///
/// @param accumulation    batches per optimizer step
/// @param clip            most the norm of all gradients may be
/// @param precision       dtype of activations: F32 or BF16
/// @param evaluateEvery   steps between evaluations
/// @param checkpointEvery steps between checkpoints
public record TrainingSettings(
        Horizon horizon,
        int accumulation,
        Schedule schedule,
        double clip,
        DType precision,
        ComputeForm form,
        long evaluateEvery,
        long checkpointEvery) {
    public TrainingSettings {
        if (accumulation < 1 || evaluateEvery < 1 || checkpointEvery < 1) {
            throw new IllegalArgumentException("accumulation " + accumulation + ", evaluateEvery " + evaluateEvery
                    + " and checkpointEvery " + checkpointEvery + " must be at least 1");
        }
        if (!(clip > 0)) {
            throw new IllegalArgumentException("clip " + clip + " must be above 0");
        }
        if (precision != DType.F32 && precision != DType.BF16) {
            throw new IllegalArgumentException("precision " + precision + ": use f32 or bf16");
        }
    }
}
