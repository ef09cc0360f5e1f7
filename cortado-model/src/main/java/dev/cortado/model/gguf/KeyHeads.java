package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import tools.jackson.databind.node.ObjectNode;

/// Heads of keys and values; as many as of queries where a file does not say.
record KeyHeads() implements Setting {
    @Override
    public void read(Facts facts, ObjectNode config) {
        config.put(
                "num_key_value_heads",
                facts.count("attention.head_count_kv").orElseGet(() -> facts.required("attention.head_count")));
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        draft.put(
                "attention.head_count_kv",
                GgufValue.uint32(config.path("num_key_value_heads").longValue()));
    }
}
