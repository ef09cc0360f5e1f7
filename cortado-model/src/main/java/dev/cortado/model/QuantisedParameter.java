package dev.cortado.model;

import dev.cortado.model.quant.QuantisedMatrix;

/// A learned matrix that is not a tensor, and the name it has in checkpoints.
///
/// @param turned whether the checkpoint it was rounded from has it as [columns, rows]
public record QuantisedParameter(String name, QuantisedMatrix matrix, boolean turned) {}
