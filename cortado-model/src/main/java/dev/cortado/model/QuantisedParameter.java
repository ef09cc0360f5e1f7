package dev.cortado.model;

import dev.cortado.model.quant.QuantisedMatrix;

/// A learned matrix that is not a tensor, and the name it has in checkpoints.
public record QuantisedParameter(String name, QuantisedMatrix matrix) {}
