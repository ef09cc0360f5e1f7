package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// Which layers of a model see only the newest tokens.
///
/// @param window tokens that these see, the newest itself among them; empty where all layers see everything
/// @param layers for each layer, whether it is one of them
public record SlidingLayers(OptionalInt window, List<Boolean> layers) {
    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    public SlidingLayers {
        layers = List.copyOf(layers);
        if (window.isEmpty() && layers.contains(true)) {
            throw new IllegalArgumentException("layers are of the kind " + SLIDING + " and no sliding_window is set");
        }
        if (window.isPresent() && window.getAsInt() < 1) {
            throw new IllegalArgumentException("sliding_window " + window.getAsInt() + " is not positive");
        }
    }

    /// All layers see everything.
    public static SlidingLayers none(int layers) {
        return new SlidingLayers(OptionalInt.empty(), of(layers, _ -> false));
    }

    /// Those layers see a window that a test holds for.
    public static SlidingLayers where(int window, int layers, IntPredicate sliding) {
        return new SlidingLayers(OptionalInt.of(window), of(layers, sliding));
    }

    /// The window of a layer.
    public OptionalInt of(int layer) {
        return isSliding(layer) ? window : OptionalInt.empty();
    }

    /// Whether a layer sees a window only.
    public boolean isSliding(int layer) {
        return layers.get(layer);
    }

    /// @throws IllegalArgumentException unless it speaks of so many layers
    void requireLayers(int count) {
        if (layers.size() != count) {
            throw new IllegalArgumentException("layer_types names " + layers.size() + " of " + count + " layers");
        }
    }

    /// What `layer_types` says; where it is absent, the layers that a test holds for.
    static SlidingLayers read(ConfigFile config, OptionalInt window, int layers, IntPredicate absent) {
        List<String> types = config.strings("layer_types");
        for (String type : types) {
            if (!type.equals(SLIDING) && !type.equals(FULL)) {
                throw config.problem("has a layer of the kind '" + type + "', which is not known here");
            }
        }
        List<Boolean> sliding =
                config.has("layer_types") ? types.stream().map(SLIDING::equals).toList() : of(layers, absent);
        return config.valid("choice of windows", () -> new SlidingLayers(window, sliding));
    }

    private void writeTypes(ObjectNode config) {
        var types = config.putArray("layer_types");
        layers.forEach(sliding -> types.add(sliding ? SLIDING : FULL));
    }

    /// As Qwen's configurations have it: windows only where `use_sliding_window` says so, and only from
    /// `max_window_layers` on.
    static SlidingLayers readLate(ConfigFile config, int layers) {
        boolean used = config.flag("use_sliding_window", false) && !config.isNull("sliding_window");
        OptionalInt window = used ? OptionalInt.of(config.integer("sliding_window", 4096)) : OptionalInt.empty();
        int first = config.integer("max_window_layers", 28);
        return read(config, window, layers, layer -> used && layer >= first);
    }

    void writeLate(ObjectNode config) {
        config.put("use_sliding_window", window.isPresent());
        int first = layers.indexOf(true);
        config.put("max_window_layers", first < 0 ? layers.size() : first);
        writeWindow(config);
    }

    void writeWindow(ObjectNode config) {
        window.ifPresentOrElse(w -> config.put("sliding_window", w), () -> config.putNull("sliding_window"));
        writeTypes(config);
    }

    private static List<Boolean> of(int layers, IntPredicate sliding) {
        return IntStream.range(0, Math.max(0, layers)).mapToObj(sliding::test).toList();
    }
}
