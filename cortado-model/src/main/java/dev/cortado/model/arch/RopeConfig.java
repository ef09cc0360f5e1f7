package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.node.ObjectNode;

/// [Rotary] in the spelling of Hugging Face's `config.json`: `rope_theta` beside `rope_scaling`, or both inside
/// `rope_parameters`, as newer writers have it, or there once for each kind of layer.
final class RopeConfig {
    private static final String NEWER = "rope_parameters";
    private static final String OLDER = "rope_scaling";

    private RopeConfig() {}

    /// Reads theta and scaling.
    ///
    /// @param rotaryDim     channels that turn
    /// @param theta         where the configuration names none
    /// @param contextLength tokens the model is meant to see, `max_position_embeddings`
    static Rotary read(ConfigFile config, int rotaryDim, double theta, int contextLength) {
        Optional<ConfigFile> newer = config.inside(NEWER);
        newer.filter(n -> n.has("full_attention") || n.has("sliding_attention")).ifPresent(n -> {
            throw config.problem("has rope_parameters for each kind of layer, which this architecture does not have");
        });
        double base = theta(newer.orElse(config), config.number("rope_theta", theta));
        return rotary(config, newer.or(() -> config.inside(OLDER)), rotaryDim, base, contextLength);
    }

    /// Reads theta and scaling of one kind of layer; where only newer writers tell kinds apart, the others are
    /// the `older` ones.
    ///
    /// @param kind  `full_attention` or `sliding_attention`
    /// @param older read where `rope_parameters` has nothing for this kind
    static Rotary readKind(ConfigFile config, String kind, int rotaryDim, int contextLength, Rotary older) {
        Optional<ConfigFile> newer = config.inside(NEWER);
        newer.filter(n -> n.has("rope_theta") || n.has("rope_type")).ifPresent(n -> {
            throw config.problem("has one set of rope_parameters where each kind of layer has its own");
        });
        Optional<ConfigFile> own = newer.flatMap(kinds -> kinds.inside(kind));
        if (own.isEmpty()) {
            return older;
        }
        return rotary(config, own, rotaryDim, theta(own.get(), older.theta()), contextLength);
    }

    /// Reads the older spelling only: `rope_theta` and `rope_scaling`.
    static Rotary readOlder(ConfigFile config, int rotaryDim, double theta, int contextLength) {
        double base = config.number("rope_theta", theta);
        return rotary(config, config.inside(OLDER), rotaryDim, base, contextLength);
    }

    /// The part of each head's channels that turns.
    static double partialFactor(ConfigFile config, double absent) {
        double older = config.number("partial_rotary_factor", absent);
        return config.inside(NEWER)
                .map(newer -> newer.number("partial_rotary_factor", older))
                .orElse(older);
    }

    private static double theta(ConfigFile config, double absent) {
        return config.number("rope_theta", absent);
    }

    private static Rotary rotary(
            ConfigFile config, Optional<ConfigFile> scaling, int rotaryDim, double theta, int contextLength) {
        return config.valid(
                "rotary position",
                () -> new Rotary(
                        rotaryDim,
                        theta,
                        scaling.map(inside -> scaling(config, inside, contextLength))
                                .orElse(new RopeScaling.None()),
                        Rotary.Pairing.HALVES));
    }

    private static RopeScaling scaling(ConfigFile config, ConfigFile inside, int contextLength) {
        String type = inside.string("rope_type", inside.string("type", "default"));
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(inside.number("factor"));
            case "dynamic" -> new RopeScaling.Dynamic(inside.number("factor"), contextLength);
            case "llama3" ->
                new RopeScaling.Llama3(
                        inside.number("factor"),
                        inside.number("low_freq_factor"),
                        inside.number("high_freq_factor"),
                        inside.integer("original_max_position_embeddings"));
            // The first writers of Phi-3 called LongRoPE "su" or "yarn".
            case "yarn" ->
                inside.has("short_factor") ? longRope(config, inside, contextLength) : yarn(inside, contextLength);
            case "longrope", "su" -> longRope(config, inside, contextLength);
            default ->
                throw inside.problem("has rotary scaling of type '" + type + "', which is not known here; known are "
                        + "default, linear, dynamic, llama3, yarn and longrope");
        };
    }

    private static RopeScaling.Yarn yarn(ConfigFile inside, int contextLength) {
        int trained = inside.integer("original_max_position_embeddings", contextLength);
        return new RopeScaling.Yarn(
                inside.number("factor", (double) contextLength / trained),
                trained,
                optional(inside, "attention_factor"),
                optional(inside, "mscale"),
                optional(inside, "mscale_all_dim"),
                orElse(inside.number("beta_fast", 0), 32),
                orElse(inside.number("beta_slow", 0), 1),
                inside.flag("truncate", true));
    }

    /// The length first trained on stands beside the scaling in older files; then it alone says how far the model
    /// was stretched.
    private static RopeScaling.LongRope longRope(ConfigFile config, ConfigFile inside, int contextLength) {
        String key = "original_max_position_embeddings";
        int trained = config.integer(key, inside.integer(key, contextLength));
        double ratio = (double) contextLength / trained;
        double factor = config.has(key) ? ratio : inside.number("factor", ratio);
        return new RopeScaling.LongRope(
                inside.numbers("short_factor"),
                inside.numbers("long_factor"),
                trained,
                inside.number("attention_factor", RopeScaling.LongRope.attentionFactor(factor, trained)));
    }

    /// Writes theta and scaling as `rope_theta` and `rope_scaling`; `max_position_embeddings` is there already.
    static void write(Rotary rotary, ObjectNode config) {
        config.put("rope_theta", rotary.theta());
        switch (rotary.scaling()) {
            case RopeScaling.None _ -> config.putNull(OLDER);
            case RopeScaling.LongRope scaling -> {
                config.put("original_max_position_embeddings", scaling.trainedLength());
                // Early readers of Phi-3 want `type` and exactly three keys.
                ObjectNode inside = config.putObject(OLDER).put("type", "longrope");
                putAll(inside, "short_factor", scaling.shortFactors());
                putAll(inside, "long_factor", scaling.longFactors());
                double factor = config.path("max_position_embeddings").asDouble(0) / scaling.trainedLength();
                double usual = RopeScaling.LongRope.attentionFactor(factor, scaling.trainedLength());
                if (scaling.attentionFactor() != usual) {
                    inside.put("attention_factor", scaling.attentionFactor());
                }
            }
            case RopeScaling.Linear(double factor) ->
                config.putObject(OLDER).put("rope_type", "linear").put("factor", factor);
            case RopeScaling.Dynamic(double factor, int _) ->
                config.putObject(OLDER).put("rope_type", "dynamic").put("factor", factor);
            case RopeScaling.Llama3 scaling ->
                config.putObject(OLDER)
                        .put("rope_type", "llama3")
                        .put("factor", scaling.factor())
                        .put("low_freq_factor", scaling.lowFrequency())
                        .put("high_freq_factor", scaling.highFrequency())
                        .put("original_max_position_embeddings", scaling.trainedLength());
            case RopeScaling.Yarn scaling -> write(scaling, config.putObject(OLDER));
        }
    }

    /// Writes theta and scaling as newer writers do, into the object that is `rope_parameters` or one kind's
    /// part.
    static void writeNewer(Rotary rotary, ObjectNode parameters, int contextLength) {
        ObjectNode older = ConfigFile.object().put("max_position_embeddings", contextLength);
        write(rotary, older);
        if (older.path(OLDER) instanceof ObjectNode scaling) {
            parameters.setAll(scaling);
        }
        parameters.put("rope_theta", rotary.theta());
        if (!parameters.has("rope_type")) {
            parameters.put("rope_type", parameters.path("type").asString("default"));
        }
        if (older.has("original_max_position_embeddings")) {
            parameters.set("original_max_position_embeddings", older.get("original_max_position_embeddings"));
        }
    }

    private static void write(RopeScaling.Yarn scaling, ObjectNode inside) {
        inside.put("rope_type", "yarn")
                .put("factor", scaling.factor())
                .put("original_max_position_embeddings", scaling.trainedLength())
                .put("beta_fast", scaling.betaFast())
                .put("beta_slow", scaling.betaSlow());
        scaling.attentionFactor().ifPresent(factor -> inside.put("attention_factor", factor));
        scaling.mscale().ifPresent(factor -> inside.put("mscale", factor));
        scaling.mscaleAllDim().ifPresent(factor -> inside.put("mscale_all_dim", factor));
        if (!scaling.truncate()) {
            inside.put("truncate", false);
        }
    }

    private static void putAll(ObjectNode node, String key, List<Double> numbers) {
        var array = node.putArray(key);
        numbers.forEach(array::add);
    }

    private static OptionalDouble optional(ConfigFile config, String key) {
        return config.has(key) ? OptionalDouble.of(config.number(key)) : OptionalDouble.empty();
    }

    /// As in the reference, 0 is none.
    private static double orElse(double number, double absent) {
        return number == 0 ? absent : number;
    }
}
