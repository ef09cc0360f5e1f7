package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Which layers of a mixture of experts have one ordinary feed-forward layer instead.
///
/// @param hiddenWidth of the ordinary layers
/// @param step        every step-th layer has experts, counted from 1
/// @param layers      these have none in any case
public record DenseLayers(int hiddenWidth, int step, List<Integer> layers) {
    public DenseLayers {
        layers = List.copyOf(layers);
        if (step < 1 || hiddenWidth < 1) {
            throw new IllegalArgumentException(
                    "step " + step + " and hiddenWidth " + hiddenWidth + " must be positive");
        }
    }

    /// Whether a layer is an ordinary one.
    public boolean contains(int layer) {
        return layers.contains(layer) || (layer + 1) % step != 0;
    }

    static DenseLayers read(ConfigFile config) {
        return new DenseLayers(
                config.integer("intermediate_size"),
                config.integer("decoder_sparse_step", 1),
                config.integers("mlp_only_layers"));
    }

    void write(ObjectNode config) {
        config.put("intermediate_size", hiddenWidth);
        config.put("decoder_sparse_step", step);
        var only = config.putArray("mlp_only_layers");
        layers.forEach(only::add);
    }
}
