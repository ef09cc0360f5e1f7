package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import tools.jackson.databind.node.ObjectNode;

/// [Rotary] in the spelling of Hugging Face's `config.json`: `rope_theta` beside `rope_scaling`, or both inside
/// `rope_parameters`, as newer writers have it.
final class RopeConfig {
    private RopeConfig() {}

    /// Reads theta and scaling.
    ///
    /// @param rotaryDim     channels that turn
    /// @param theta         where the configuration names none
    /// @param contextLength tokens the model was trained on, where a scaling does not say
    static Rotary read(ConfigFile config, int rotaryDim, double theta, int contextLength) {
        ConfigFile newer = config.inside("rope_parameters").orElse(config);
        double base = newer.number("rope_theta", config.number("rope_theta", theta));
        RopeScaling scaling = config.inside("rope_parameters")
                .or(() -> config.inside("rope_scaling"))
                .map(inside -> scaling(inside, contextLength))
                .orElse(new RopeScaling.None());
        return new Rotary(rotaryDim, base, scaling, Rotary.Pairing.HALVES);
    }

    private static RopeScaling scaling(ConfigFile inside, int contextLength) {
        String type = inside.string("rope_type", inside.string("type", "default"));
        return switch (type) {
            case "default" -> new RopeScaling.None();
            default ->
                throw inside.problem("has rope_scaling of type '" + type + "' for " + contextLength
                        + " tokens, which is not known here; known is default");
        };
    }

    /// Writes theta and scaling as `rope_theta` and `rope_scaling`.
    static void write(Rotary rotary, ObjectNode config) {
        config.put("rope_theta", rotary.theta());
        switch (rotary.scaling()) {
            case RopeScaling.None _ -> config.putNull("rope_scaling");
        }
    }
}
