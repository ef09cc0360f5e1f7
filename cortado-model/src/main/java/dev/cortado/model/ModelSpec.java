package dev.cortado.model;

import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers that define a model, without its weights. One record per architecture.
public interface ModelSpec {
    /// The architecture's name in `config.json`, such as `LlamaForCausalLM`.
    String architecture();

    /// Number of token ids.
    int vocabSize();

    /// Number of ids of the text an encoder–decoder reads, where it is not that of the text it writes.
    default int sourceVocabSize() {
        return vocabSize();
    }

    /// Most tokens the model is meant to see at once.
    int contextLength();

    /// Whether it cannot see more than [#contextLength] at all, because it has learned no later positions.
    default boolean boundedContext() {
        return false;
    }

    /// Size of a token's activation.
    int width();

    /// Number of blocks (an encoder–decoder's: of the decoder).
    int layers();

    /// The model itself, of parameters from wherever.
    Model build(Params params, Device device);

    /// These numbers as Hugging Face would write them into `config.json`.
    ObjectNode config();

    /// Weight of the routers' [RouterLoad#loss] in training: 0 where there are no routers.
    default double routerLoss() {
        return 0;
    }

    /// What checkpoints of this architecture are known to carry.
    default CheckpointNames names() {
        return CheckpointNames.of("");
    }
}
