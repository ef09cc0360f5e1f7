package dev.cortado.model.arch;

import tools.jackson.databind.node.ObjectNode;

/// The numbers that all descendants of [Llama] have, in the spelling of Hugging Face's `config.json`.
///
/// @param heads    query heads
/// @param kvHeads  key/value heads; divides `heads`
/// @param headDim  channels per head, even
/// @param tiedHead whether the output projection is the embedding
public record DecoderSizes(
        int vocabSize,
        int contextLength,
        int width,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        double normEpsilon,
        boolean tiedHead) {
    public DecoderSizes {
        Numbers.positive("vocabSize", vocabSize);
        Numbers.positive("contextLength", contextLength);
        Numbers.positive("width", width);
        Numbers.positive("layers", layers);
        Numbers.require(
                heads > 0 && kvHeads > 0 && heads % kvHeads == 0,
                "heads " + heads + " is not divisible by kvHeads " + kvHeads);
        Numbers.require(headDim > 0 && headDim % 2 == 0, "headDim " + headDim + " is not a positive even number");
        Numbers.positive("normEpsilon", normEpsilon);
    }

    void write(ObjectNode config) {
        config.put("vocab_size", vocabSize);
        config.put("max_position_embeddings", contextLength);
        config.put("hidden_size", width);
        config.put("num_hidden_layers", layers);
        config.put("num_attention_heads", heads);
        config.put("num_key_value_heads", kvHeads);
        config.put("head_dim", headDim);
        config.put("rms_norm_eps", normEpsilon);
        config.put("tie_word_embeddings", tiedHead);
        config.put("attention_dropout", 0.0);
        config.put("hidden_act", "silu");
        config.put("initializer_range", 0.02);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
    }
}
