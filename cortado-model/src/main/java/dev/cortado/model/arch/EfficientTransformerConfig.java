package dev.cortado.model.arch;

import dev.cortado.model.arch.EfficientTransformerSpec.Use;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.mixing.Mixing;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// [EfficientTransformerSpec] in the spelling of Llama's `config.json`, and an object `mixing`, such as
/// `"mixing": {"kind": "performer", "features": 256, "seed": 1}`: its keys are the numbers of [Mixing].
public final class EfficientTransformerConfig {
    private EfficientTransformerConfig() {}

    /// Reads the numbers.
    public static EfficientTransformerSpec read(ConfigFile config) {
        DecoderDefaults.requireSilu(config, "Cortado efficient transformer");
        DecoderSizes sizes =
                new DecoderDefaults(2048, 1e-6, OptionalInt.empty(), OptionalInt.empty(), false).read(config);
        Rotary rotary = RopeConfig.read(config, sizes.headDim(), 10_000, sizes.contextLength());
        int hiddenWidth = config.integer("intermediate_size");
        Use use = config.strings("architectures").contains("CortadoEfficientForMaskedLM") ? Use.MASKED : Use.CAUSAL;
        ConfigFile mixing = config.inside("mixing").orElseThrow(() -> config.problem("lacks 'mixing'"));
        return config.valid(
                "efficient transformer",
                () -> new EfficientTransformerSpec(sizes, hiddenWidth, rotary, mixing(mixing), use));
    }

    private static Mixing mixing(ConfigFile numbers) {
        String kind = numbers.string("kind", "");
        return switch (kind) {
            case "softmax" -> new Mixing.Softmax();
            case "tiled" -> new Mixing.Tiled(numbers.integer("tile"));
            case "longformer" -> new Mixing.Longformer(numbers.integer("window"), numbers.integer("globals", 0));
            case "linformer" -> new Mixing.Linformer(numbers.integer("length"), numbers.integer("rank"));
            case "performer" -> new Mixing.Performer(numbers.integer("features"), numbers.longInteger("seed", 1));
            case "reformer" ->
                new Mixing.Reformer(
                        numbers.integer("chunk"), numbers.integer("rounds", 1), numbers.longInteger("seed", 1));
            default ->
                throw numbers.problem("has mixing.kind '" + kind
                        + "'; known are softmax, tiled, longformer, linformer, performer and reformer");
        };
    }

    /// The same numbers as a configuration.
    public static ObjectNode write(EfficientTransformerSpec spec) {
        ObjectNode config = ConfigFile.object();
        config.putArray("architectures").add(spec.architecture());
        config.put("model_type", "cortado_efficient");
        spec.sizes().write(config);
        config.put("intermediate_size", spec.hiddenWidth());
        RopeConfig.write(spec.rotary(), config);
        ObjectNode mixing = config.putObject("mixing");
        switch (spec.mixing()) {
            case Mixing.Softmax _ -> mixing.put("kind", "softmax");
            case Mixing.Tiled(int tile) -> mixing.put("kind", "tiled").put("tile", tile);
            case Mixing.Longformer(int window, int globals) ->
                mixing.put("kind", "longformer").put("window", window).put("globals", globals);
            case Mixing.Linformer(int length, int rank) ->
                mixing.put("kind", "linformer").put("length", length).put("rank", rank);
            case Mixing.Performer(int features, long seed) ->
                mixing.put("kind", "performer").put("features", features).put("seed", seed);
            case Mixing.Reformer(int chunk, int rounds, long seed) ->
                mixing.put("kind", "reformer")
                        .put("chunk", chunk)
                        .put("rounds", rounds)
                        .put("seed", seed);
        }
        return config;
    }
}
