package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import tools.jackson.databind.node.ObjectNode;

/// BLOOM's feed-forward layers, which only GGUF says the width of.
record FourTimesWide() implements Setting {
    @Override
    public void read(Facts facts, ObjectNode config) {
        long width = facts.required("embedding_length");
        long hidden = facts.count("feed_forward_length").orElse((int) Math.min(4 * width, Facts.LARGEST_SIZE));
        if (hidden != 4 * width) {
            throw facts.problem(
                    "has feed-forward layers of width " + hidden + "; a BLOOM of width " + width + " has " + 4 * width);
        }
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        draft.put(
                "feed_forward_length",
                GgufValue.uint32(4 * config.path("hidden_size").longValue()));
    }
}
