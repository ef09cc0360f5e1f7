package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;

/// [Activation] in the spelling of Hugging Face's `config.json`.
final class ActivationConfig {
    private ActivationConfig() {}

    /// Reads the activation a key names; some have several names.
    ///
    /// @param absent the name that stands for absence
    static Activation read(ConfigFile config, String key, String absent) {
        String name = config.string(key, absent);
        return switch (name) {
            case "relu" -> Activation.RELU;
            case "gelu", "gelu_python" -> Activation.GELU;
            // The same formula, with its constant written out to more or fewer digits.
            case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh" ->
                Activation.GELU_TANH;
            case "quick_gelu" -> Activation.GELU_SIGMOID;
            case "silu", "swish" -> Activation.SILU;
            case "tanh" -> Activation.TANH;
            default ->
                throw config.problem("has " + key + " '" + name
                        + "', which is not known here; known are relu, gelu, gelu_new, quick_gelu, silu, tanh");
        };
    }

    /// The name that Hugging Face's classes understand.
    static String name(Activation activation) {
        return switch (activation) {
            case RELU -> "relu";
            case GELU -> "gelu";
            case GELU_TANH -> "gelu_new";
            case GELU_SIGMOID -> "quick_gelu";
            case SILU -> "silu";
            case TANH -> "tanh";
        };
    }
}
