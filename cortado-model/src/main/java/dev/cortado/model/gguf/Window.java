package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import tools.jackson.databind.node.ObjectNode;

/// Tokens that each token sees, itself among them. None is 0, or no key, to GGUF, and null to Hugging Face, which
/// takes an absent one for its default.
///
/// @param hf Hugging Face's key
record Window(String hf) implements Setting {
    @Override
    public void read(Facts facts, ObjectNode config) {
        facts.count("attention.sliding_window").stream()
                .filter(window -> window > 0)
                .findFirst()
                .ifPresentOrElse(window -> config.put(hf, window), () -> config.putNull(hf));
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        draft.put("attention.sliding_window", GgufValue.uint32(config.path(hf).asLong(0)));
    }
}
