package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Lens;
import java.util.OptionalDouble;
import tools.jackson.databind.node.ObjectNode;

/// How Gemmas compare queries and keys.
///
/// @param perQuery scores are multiplied with its inverse root: the channels of a head, or those of the width that
///                 one head has a share of
/// @param cap      c in c·tanh(scores/c)
public record GemmaScores(double perQuery, OptionalDouble cap) {
    public GemmaScores {
        if (!(perQuery > 0)) {
            throw new IllegalArgumentException("query_pre_attn_scalar " + perQuery + " is not positive");
        }
        requireCap(cap);
    }

    Lens apply(Lens lens) {
        return lens.scaled(1 / Math.sqrt(perQuery)).capped(cap);
    }

    static GemmaScores read(ConfigFile config, OptionalDouble cap) {
        double perQuery = config.number("query_pre_attn_scalar", 256);
        OptionalDouble read = cap(config, "attn_logit_softcapping", cap);
        return config.valid("Gemma", () -> new GemmaScores(perQuery, read));
    }

    void write(ObjectNode config) {
        config.put("query_pre_attn_scalar", perQuery);
        writeCap(config, "attn_logit_softcapping", cap);
    }

    /// A bound; null is none.
    static OptionalDouble cap(ConfigFile config, String key, OptionalDouble absent) {
        if (config.has(key)) {
            return OptionalDouble.of(config.number(key));
        }
        return config.isNull(key) ? OptionalDouble.empty() : absent;
    }

    static void writeCap(ObjectNode config, String key, OptionalDouble cap) {
        cap.ifPresentOrElse(bound -> config.put(key, bound), () -> config.putNull(key));
    }

    static void requireCap(OptionalDouble cap) {
        if (cap.isPresent() && !(cap.getAsDouble() > 0)) {
            throw new IllegalArgumentException("a bound of " + cap.getAsDouble() + " is not positive");
        }
    }
}
