package dev.cortado.train.objective;

import dev.cortado.tensor.Tensor;

/// A loss before it is averaged: the loop divides by the targets of the whole optimizer step, so that the number of
/// parts a step is computed in does not change its gradient.
///
/// @param sum     scalar: the losses of all targets added
/// @param targets number of targets
public record Loss(Tensor sum, long targets) {}
