package dev.cortado.model;

/// How a model's parameters are kept when it is read from files.
public enum Storage {
    /// Copies in F32, on the model's device, which can be trained.
    TRAINABLE,
    /// Matrices as they lie in the mapped file, in its number format: nothing is copied on the CPU. They cannot
    /// be trained, and the file stays open as long as the model.
    MAPPED
}
