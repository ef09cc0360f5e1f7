package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.AttentionShape;

/// The numbers that encoders have in common.
///
/// @param positions   rows of the table of positions
/// @param heads       of attention; divides `width`
/// @param hiddenWidth width of the feed-forward layer
/// @param activation  of the feed-forward layer
public record EncoderSizes(
        int vocabSize, int positions, int width, int layers, int heads, int hiddenWidth, Activation activation) {
    public EncoderSizes {
        Numbers.positive("vocabSize", vocabSize);
        Numbers.positive("positions", positions);
        Numbers.positive("layers", layers);
        Numbers.positive("hiddenWidth", hiddenWidth);
        Numbers.heads(width, heads);
    }

    /// How its attention is divided.
    AttentionShape shape() {
        return AttentionShape.of(heads, width / heads);
    }

    /// Refuses what changes an encoder's numbers and is not to be had here.
    static void refuseOthers(ConfigFile config) {
        if (config.flag("is_decoder", false) || config.flag("add_cross_attention", false)) {
            throw config.problem("sets 'is_decoder' or 'add_cross_attention': it is an encoder used as a decoder,"
                    + " which is not supported");
        }
        String positions = config.string("position_embedding_type", "absolute");
        if (!positions.equals("absolute")) {
            throw config.problem("has position_embedding_type " + positions + "; only absolute is supported");
        }
        if (config.inside("pruned_heads")
                .map(pruned -> !pruned.keys().isEmpty())
                .orElse(false)) {
            throw config.problem("sets 'pruned_heads': layers of different numbers of heads are not supported");
        }
    }
}
