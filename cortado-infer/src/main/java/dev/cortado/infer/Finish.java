package dev.cortado.infer;

/// Why a generated text ended.
public enum Finish {
    /// The model ended it, or a stop string appeared.
    STOP,
    /// It reached the most tokens asked for, or the model's context length.
    LENGTH
}
