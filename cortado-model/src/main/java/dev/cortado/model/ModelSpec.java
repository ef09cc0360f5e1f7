package dev.cortado.model;

/// The numbers that define a model, without its weights. One record per architecture.
public interface ModelSpec {
    /// The architecture's name in `config.json`, such as `LlamaForCausalLM`.
    String architecture();

    /// Number of token ids.
    int vocabSize();

    /// Most tokens the model is meant to see at once.
    int contextLength();

    /// Size of a token's activation.
    int width();

    /// Number of blocks.
    int layers();
}
