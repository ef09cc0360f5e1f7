package dev.cortado.model.gguf;

import dev.cortado.model.layer.RopeScaling;
import dev.cortado.text.gguf.GgufValue;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Theta and the scaling of rotary positions. GGUF says linear scaling and YaRN in metadata; scaling by frequency, as
/// Llama 3's and LongRoPE are, it has as tensors of the factors that each frequency is divided by.
///
/// @param theta   where the file names none
/// @param factors whether llama.cpp reads such tensors for this family
record Rope(double theta, boolean factors) implements Setting {
    static final String FREQUENCIES = "rope_freqs.weight";
    static final String SHORT = "rope_factors_short.weight";
    static final String LONG = "rope_factors_long.weight";

    private static final String TYPE = "rope.scaling.type";
    private static final String FACTOR = "rope.scaling.factor";
    private static final String TRAINED = "rope.scaling.original_context_length";
    private static final String ATTENTION = "rope.scaling.attn_factor";

    // Not of llama.cpp, which has no need to know where its factors come from.
    private static final String SLOW = "rope.scaling.slow_factor";
    private static final String LOW = "rope.scaling.low_freq_factor";
    private static final String HIGH = "rope.scaling.high_freq_factor";

    @Override
    public void read(Facts facts, ObjectNode config) {
        double base = facts.real("rope.freq_base").orElse(theta);
        config.put("rope_theta", base);
        Optional<float[]> longFactors = facts.floats().apply(LONG);
        Optional<float[]> frequencies = facts.floats().apply(FREQUENCIES);
        String type = facts.text(facts.key(TYPE))
                .orElse(
                        facts.real(FACTOR).isPresent()
                                        || facts.real("rope.scale_linear").isPresent()
                                ? "linear"
                                : "none");
        if (longFactors.isPresent()) {
            float[] shortFactors =
                    facts.floats().apply(SHORT).orElseThrow(() -> facts.problem("lacks tensor '" + SHORT + "'"));
            int trained = facts.count(TRAINED).orElseGet(() -> facts.required("context_length"));
            config.put("original_max_position_embeddings", trained);
            ObjectNode scaling = longRope(config, shortFactors, longFactors.get());
            facts.real(ATTENTION).ifPresent(factor -> scaling.put("attention_factor", factor));
        } else if (frequencies.isPresent()) {
            byFrequency(facts, config, base, frequencies.get());
        } else {
            switch (type) {
                case "none" -> config.putNull("rope_scaling");
                case "linear" -> {
                    double factor = facts.real(FACTOR)
                            .orElse(facts.real("rope.scale_linear").orElse(1));
                    // As llama.cpp has it, 0 and 1 are none.
                    if (factor == 0 || factor == 1) {
                        config.putNull("rope_scaling");
                    } else {
                        config.putObject("rope_scaling")
                                .put("rope_type", "linear")
                                .put("factor", factor);
                    }
                }
                case "yarn" ->
                    config.putObject("rope_scaling")
                            .put("rope_type", "yarn")
                            .put("factor", facts.real(FACTOR).orElseThrow(() -> facts.missing(FACTOR)))
                            .put(
                                    "original_max_position_embeddings",
                                    facts.count(TRAINED).orElseGet(() -> facts.required("context_length")));
                default ->
                    throw facts.problem("has rotary scaling of type '" + type.replaceAll("\\P{Print}", "?") + "' ('"
                            + facts.key(TYPE)
                            + "'), which is not known here; known are none, linear and yarn, and factors in tensors");
            }
        }
    }

    /// Llama 3's scaling, if its numbers give these factors; else the factors themselves, which LongRoPE can say.
    private static void byFrequency(Facts facts, ObjectNode config, double base, float[] factors) {
        double slow = facts.real(SLOW).orElseGet(() -> {
            double most = 0;
            for (float factor : factors) {
                most = Math.max(most, factor);
            }
            return most;
        });
        double low = facts.real(LOW).orElse(1);
        double high = facts.real(HIGH).orElse(4);
        int trained = facts.count(TRAINED).orElse(8192);
        boolean same = slow > 0 && low > 0 && high > low && trained > 0 && factors.length > 0;
        if (same) {
            float[] expected = factors(new RopeScaling.Llama3(slow, low, high, trained), base, factors.length);
            for (int i = 0; i < factors.length; i++) {
                same &= Math.abs(expected[i] - factors[i]) <= 1e-5 * expected[i];
            }
        }
        if (same) {
            config.putObject("rope_scaling")
                    .put("rope_type", "llama3")
                    .put("factor", slow)
                    .put("low_freq_factor", low)
                    .put("high_freq_factor", high)
                    .put("original_max_position_embeddings", trained);
        } else {
            config.put("original_max_position_embeddings", facts.required("context_length"));
            longRope(config, factors, factors).put("attention_factor", 1.0);
        }
    }

    private static ObjectNode longRope(ObjectNode config, float[] shortFactors, float[] longFactors) {
        ObjectNode scaling = config.putObject("rope_scaling").put("type", "longrope");
        put(scaling, "short_factor", shortFactors);
        put(scaling, "long_factor", longFactors);
        return scaling;
    }

    private static void put(ObjectNode scaling, String key, float... factors) {
        var array = scaling.putArray(key);
        for (float factor : factors) {
            array.add(Double.parseDouble(Float.toString(factor)));
        }
    }

    /// What each of `count` frequencies is divided by.
    private static float[] factors(RopeScaling scaling, double base, int count) {
        double[] plain = RopeScaling.plain(base, 2 * count);
        double[] scaled = scaling.frequencies(base, 2 * count, 1);
        float[] factors = new float[count];
        for (int i = 0; i < count; i++) {
            factors[i] = (float) (plain[i] / scaled[i]);
        }
        return factors;
    }

    @Override
    public void write(ObjectNode config, Draft draft) {
        if (config.has("rope_parameters")) {
            throw new IllegalArgumentException("GGUF has no words for rotary positions scaled in each kind of layer");
        }
        double base = config.path("rope_theta").asDouble(theta);
        draft.put("rope.freq_base", GgufValue.float32(base));
        JsonNode scaling = config.path("rope_scaling");
        if (!scaling.isObject()) {
            return;
        }
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
        switch (type) {
            case "default" -> {}
            case "linear", "yarn" -> {
                draft.put(TYPE, new GgufValue.Text(type));
                draft.put(FACTOR, GgufValue.float32(scaling.path("factor").doubleValue()));
                if (type.equals("yarn")) {
                    draft.put(TRAINED, trained(scaling));
                }
            }
            case "llama3" -> {
                requireFactors(type);
                double slow = scaling.path("factor").doubleValue();
                double low = scaling.path("low_freq_factor").doubleValue();
                double high = scaling.path("high_freq_factor").doubleValue();
                int length = scaling.path("original_max_position_embeddings").intValue();
                int count = config.path("head_dim").intValue() / 2;
                draft.tensors().put(FREQUENCIES, factors(new RopeScaling.Llama3(slow, low, high, length), base, count));
                draft.put(SLOW, GgufValue.float32(slow));
                draft.put(LOW, GgufValue.float32(low));
                draft.put(HIGH, GgufValue.float32(high));
                draft.put(TRAINED, trained(scaling));
            }
            case "longrope" -> {
                requireFactors(type);
                draft.put(TYPE, new GgufValue.Text(type));
                draft.put(TRAINED, trained(config));
                draft.put(ATTENTION, GgufValue.float32(attention(config, scaling)));
                draft.tensors().put(SHORT, floats(scaling.path("short_factor")));
                draft.tensors().put(LONG, floats(scaling.path("long_factor")));
            }
            default -> throw new IllegalArgumentException("GGUF has no word for rotary scaling of type " + type);
        }
    }

    private void requireFactors(String type) {
        if (!factors) {
            throw new IllegalArgumentException("llama.cpp has no rotary scaling of type " + type + " in this family");
        }
    }

    private static GgufValue trained(JsonNode config) {
        return GgufValue.uint32(config.path("original_max_position_embeddings").longValue());
    }

    private static double attention(JsonNode config, JsonNode scaling) {
        int trained = config.path("original_max_position_embeddings").intValue();
        double stretched = config.path("max_position_embeddings").doubleValue() / trained;
        return scaling.path("attention_factor").asDouble(RopeScaling.LongRope.attentionFactor(stretched, trained));
    }

    private static float[] floats(JsonNode numbers) {
        double[] all = StreamSupport.stream(numbers.spliterator(), false)
                .mapToDouble(JsonNode::doubleValue)
                .toArray();
        float[] floats = new float[all.length];
        for (int i = 0; i < all.length; i++) {
            floats[i] = (float) all[i];
        }
        return floats;
    }
}
