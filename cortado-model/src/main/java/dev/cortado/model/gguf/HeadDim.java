package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufValue;
import tools.jackson.databind.node.ObjectNode;

/// Channels of a head, as many for values as for keys, and how many of them turn.
///
/// @param partial whether not all need turn
record HeadDim(boolean partial) implements Setting {
    @Override
    public void read(Facts facts, ObjectNode config) {
        int width = facts.required("embedding_length");
        int heads = facts.required("attention.head_count");
        if (heads < 1 || heads > width) {
            throw facts.problem(
                    "has " + heads + " heads ('" + facts.key("attention.head_count") + "') of a width of " + width);
        }
        int headDim = facts.count("attention.key_length").orElse(width / heads);
        int values = facts.count("attention.value_length").orElse(width / heads);
        if (values != headDim || (long) headDim * heads > Facts.LARGEST_SIZE || headDim < 1) {
            throw facts.problem("has heads of " + headDim + " channels for keys and " + values
                    + " for values, which is not supported");
        }
        int turning = facts.count("rope.dimension_count").orElse(headDim);
        if (turning > headDim || (!partial && turning != headDim)) {
            throw facts.problem("lets " + turning + " of " + headDim + " channels turn ('"
                    + facts.key("rope.dimension_count") + "'), which this architecture does not have");
        }
        config.put("head_dim", headDim);
        if (partial) {
            config.put("partial_rotary_factor", share(turning, headDim));
        }
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        int headDim = config.path("head_dim").intValue();
        draft.put("attention.key_length", GgufValue.uint32(headDim));
        draft.put("attention.value_length", GgufValue.uint32(headDim));
        double share = partial ? config.path("partial_rotary_factor").asDouble(1) : 1;
        draft.put("rope.dimension_count", GgufValue.uint32((int) (headDim * share)));
    }

    /// A number that gives back `part` when `all` is multiplied with it and the fraction cut off.
    static double share(int part, int all) {
        double quotient = part / (double) all;
        return (int) (all * quotient) == part ? quotient : Math.nextUp(quotient);
    }
}
