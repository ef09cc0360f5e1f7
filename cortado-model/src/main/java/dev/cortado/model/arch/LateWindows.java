package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// Windows in the later layers only, as the Qwen family has them.
///
/// @param size  tokens seen, the newest itself among them; empty where every layer sees all
/// @param first the first layer with a window
public record LateWindows(OptionalInt size, int first) {
    /// The window of a layer.
    public OptionalInt of(int layer) {
        return layer >= first ? size : OptionalInt.empty();
    }

    static LateWindows read(ConfigFile config) {
        boolean used = config.flag("use_sliding_window", false);
        return used
                ? new LateWindows(
                        OptionalInt.of(config.integer("sliding_window", 4096)), config.integer("max_window_layers", 28))
                : new LateWindows(OptionalInt.empty(), 0);
    }

    void write(ObjectNode config) {
        config.put("use_sliding_window", size.isPresent());
        if (size.isPresent()) {
            config.put("sliding_window", size.getAsInt());
            config.put("max_window_layers", first);
        }
    }
}
