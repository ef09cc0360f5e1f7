package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.AttentionShape;
import java.util.function.Supplier;

/// The numbers that encoders have in common.
///
/// @param positions   rows of the table of positions
/// @param heads       of attention; divides `width`
/// @param hiddenWidth width of the feed-forward layer
/// @param activation  of the feed-forward layer
public record EncoderSizes(
        int vocabSize, int positions, int width, int layers, int heads, int hiddenWidth, Activation activation) {
    public EncoderSizes {
        require(vocabSize > 0, "vocabSize " + vocabSize + " is not positive");
        require(positions > 0, "positions " + positions + " is not positive");
        require(layers > 0, "layers " + layers + " is not positive");
        require(hiddenWidth > 0, "hiddenWidth " + hiddenWidth + " is not positive");
        require(
                width > 0 && heads > 0 && width % heads == 0,
                "width " + width + " is not a multiple of heads " + heads);
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

    /// What is made of numbers that were read; what is wrong with them is wrong with the file.
    static <S> S made(ConfigFile config, Supplier<S> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw config.problem("is not a valid encoder: " + e.getMessage());
        }
    }

    static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
