package dev.cortado.model;

/// How a model's parameters are kept when it is read from files.
public enum Storage {
    /// Copies in F32, on the model's device, which can be trained.
    TRAINABLE,
    /// Matrices as they lie in the mapped file, in its number format: nothing is copied on the CPU. They cannot
    /// be trained, and the file stays open as long as the model.
    MAPPED,
    /// Matrices, that is projections and embeddings, rounded to 8 bits with a scale for each row when they are
    /// read: see [dev.cortado.model.quant.Int8Rows]. They cannot be trained; the rest is in F32.
    INT8,
    /// The same in 4 bits: see [dev.cortado.model.quant.Nf4], the storage of QLoRA.
    NF4
}
