package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import tools.jackson.databind.node.ObjectNode;

/// The share of GPT-NeoX's channels that turn, and its own name for theta. Its activation, an exact GELU in most, is
/// not in GGUF; files from here say another one in a key of their own, and llama.cpp computes the tanh form of any.
record NeoxRotary() implements Setting {
    private static final String ACTIVATION = "cortado.hidden_act";

    @Override
    public void read(Facts facts, ObjectNode config) {
        int width = facts.required("embedding_length");
        int heads = facts.required("attention.head_count");
        if (heads < 1 || width % heads != 0 || width < heads) {
            throw facts.problem("has a width of " + width + ", which its " + heads + " heads do not divide");
        }
        int headDim = width / heads;
        int turning = facts.count("rope.dimension_count").orElse(headDim);
        config.put("rotary_pct", HeadDim.share(turning, headDim));
        config.put("rotary_emb_base", config.path("rope_theta").doubleValue());
        config.put("hidden_act", facts.text(ACTIVATION).orElse("gelu"));
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        int headDim = config.path("hidden_size").intValue()
                / config.path("num_attention_heads").intValue();
        draft.put("rope.dimension_count", GgufValue.uint32((int)
                (headDim * config.path("rotary_pct").doubleValue())));
        String activation = config.path("hidden_act").asString("gelu");
        if (!activation.equals("gelu")) {
            draft.metadata().put(ACTIVATION, new GgufValue.Text(activation));
        }
    }
}
