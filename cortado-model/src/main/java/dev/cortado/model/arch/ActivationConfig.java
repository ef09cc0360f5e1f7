package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;

/// [Activation] in the spelling of Hugging Face's `config.json`.
final class ActivationConfig {
    private ActivationConfig() {}

    /// Reads the activation that a key names.
    static Activation read(ConfigFile config, String key, Activation absent) {
        String name = config.string(key, spelled(absent));
        return switch (name) {
            case "gelu", "gelu_python" -> Activation.GELU;
            case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh" ->
                Activation.GELU_TANH;
            case "quick_gelu" -> Activation.GELU_SIGMOID;
            case "relu" -> Activation.RELU;
            case "silu", "swish" -> Activation.SILU;
            case "tanh" -> Activation.TANH;
            default ->
                throw config.problem("has " + key + " " + name + ", which is not known here; known are gelu, gelu_new,"
                        + " quick_gelu, relu, silu and tanh");
        };
    }

    /// Its name.
    static String spelled(Activation activation) {
        return switch (activation) {
            case GELU -> "gelu";
            case GELU_TANH -> "gelu_new";
            case GELU_SIGMOID -> "quick_gelu";
            case RELU -> "relu";
            case SILU -> "silu";
            case TANH -> "tanh";
        };
    }
}
