package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of texts of a BERT: what its tokenizer's metadata count, and the rows of the table.
record TextTypes() implements Setting {
    @Override
    public void read(Facts facts, ObjectNode config) {
        List<Long> table = facts.shapes().get("token_types.weight");
        config.put("type_vocab_size", table == null || table.isEmpty() ? 1 : table.getFirst());
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        draft.metadata()
                .put(
                        "tokenizer.ggml.token_type_count",
                        GgufValue.uint32(config.path("type_vocab_size").longValue()));
        draft.put("attention.causal", new GgufValue.Bool(false));
        draft.put("pooling_type", GgufValue.uint32(0)); // none
    }
}
