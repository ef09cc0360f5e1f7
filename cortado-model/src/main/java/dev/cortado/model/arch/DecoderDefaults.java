package dev.cortado.model.arch;

import dev.cortado.model.config.ConfigFile;
import java.util.OptionalInt;

/// What a family's numbers are where its `config.json` says nothing. Hugging Face tells absent from null here: null
/// heads for keys are as many as for queries.
///
/// @param kvHeads  where they are absent; empty where that too means as many as query heads
/// @param headDim  channels per head; empty where the heads share the width
/// @param tiedHead whether the output projection is the embedding
record DecoderDefaults(
        int contextLength, double normEpsilon, OptionalInt kvHeads, OptionalInt headDim, boolean tiedHead) {
    /// Far beyond any model; a file that says more is damaged or hostile.
    private static final int MOST_LAYERS = 10_000;

    /// The numbers of a configuration.
    DecoderSizes read(ConfigFile config) {
        int vocabSize = config.integer("vocab_size");
        int width = config.integer("hidden_size");
        int layers = layers(config);
        int heads = config.integer("num_attention_heads");
        boolean shared = !config.has("head_dim") && headDim.isEmpty();
        if (shared && (heads <= 0 || width % heads != 0)) {
            throw config.problem(
                    "has hidden_size " + width + ", which num_attention_heads " + heads + " does not divide");
        }
        int same = config.isNull("num_key_value_heads") ? heads : kvHeads.orElse(heads);
        return config.valid(
                "decoder",
                () -> new DecoderSizes(
                        vocabSize,
                        config.integer("max_position_embeddings", contextLength),
                        width,
                        layers,
                        heads,
                        config.integer("num_key_value_heads", same),
                        shared ? width / heads : config.integer("head_dim", headDim.orElse(0)),
                        config.number("rms_norm_eps", normEpsilon),
                        config.flag("tie_word_embeddings", tiedHead)));
    }

    /// The number of layers, refused before anything is made for each of them.
    static int layers(ConfigFile config) {
        int layers = config.integer("num_hidden_layers");
        if (layers > MOST_LAYERS) {
            throw config.problem("has num_hidden_layers " + layers + ", more than " + MOST_LAYERS);
        }
        return layers;
    }

    /// For families whose feed-forward layers have SiLU and nothing else.
    static void requireSilu(ConfigFile config, String family) {
        String activation = config.string("hidden_act", "silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw config.problem("has hidden_act " + activation + "; a " + family + " has silu");
        }
    }
}
