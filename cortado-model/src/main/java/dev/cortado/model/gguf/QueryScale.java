package dev.cortado.model.gguf;

import tools.jackson.databind.node.ObjectNode;

/// What Gemma's scores are divided by the root of. GGUF does not say it: llama.cpp takes the channels of a head, and
/// the width of the model over its heads in the largest of the family, which it knows by its layers.
///
/// @param largest layers of the largest
record QueryScale(int largest) implements Setting {
    @Override
    public void read(Facts facts, ObjectNode config) {
        int heads = facts.required("attention.head_count");
        int width = facts.required("embedding_length");
        boolean share = facts.required("block_count") == largest && heads > 0;
        config.put(
                "query_pre_attn_scalar",
                share ? width / (double) heads : config.path("head_dim").doubleValue());
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        // Nothing says it.
    }
}
