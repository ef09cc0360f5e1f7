package dev.cortado.train.objective;

import dev.cortado.model.Layout;
import dev.cortado.tensor.Tensor;

/// Layout of token ids and what should come next at each position.
///
/// @param inputs  I64 [B, T]
/// @param targets I64 [B, T]
/// @param layout  which ids belong to the same text
/// @param count   number of targets
public record Batch(Tensor inputs, Tensor targets, Layout layout, long count) {}
