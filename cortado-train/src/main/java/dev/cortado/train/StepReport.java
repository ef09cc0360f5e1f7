package dev.cortado.train;

import java.util.List;

/// What one optimizer step did.
///
/// @param step            steps done, this one included
/// @param loss            mean loss of its targets before the step, in nats
/// @param lr              learning rate
/// @param gradientNorm    of all gradients, before clipping
/// @param tokens          tokens trained on since the run began
/// @param tokensPerSecond of this step
/// @param seconds         time spent in steps since the run began
/// @param done            share of the run that is done, 0 to 1
/// @param rows            numbers of the corpus rows it read
public record StepReport(
        long step,
        double loss,
        double lr,
        double gradientNorm,
        long tokens,
        double tokensPerSecond,
        double seconds,
        double done,
        List<Integer> rows) {}
