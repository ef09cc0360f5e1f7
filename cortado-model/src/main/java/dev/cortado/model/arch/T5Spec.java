package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [T5].
///
/// @param contextLength tokens it was trained on at once; its positions have no end
/// @param layers        blocks of the decoder
/// @param encoderLayers blocks of the encoder
/// @param headDim       channels per head, whatever the width
/// @param gated         whether feed-forward layers have a gate (T5 1.1)
/// @param buckets       of distances between tokens, even
/// @param maxDistance   from which on distances share a bucket
/// @param tiedHead      whether the output projection is the embedding, scaled by width^(−1/2)
/// @param decoderStart  the id the decoder's text begins with
public record T5Spec(
        int vocabSize,
        int contextLength,
        int width,
        int layers,
        int encoderLayers,
        int heads,
        int headDim,
        int hiddenWidth,
        Activation activation,
        boolean gated,
        int buckets,
        int maxDistance,
        double normEpsilon,
        boolean tiedHead,
        int decoderStart)
        implements ModelSpec {
    public T5Spec {
        Numbers.require(
                vocabSize > 0 && contextLength > 0 && width > 0 && hiddenWidth > 0,
                "vocab_size, n_positions, d_model and d_ff must be positive");
        Numbers.require(layers > 0 && encoderLayers > 0, "num_layers and num_decoder_layers must be positive");
        Numbers.require(heads > 0 && headDim > 0, "num_heads and d_kv must be positive");
        Numbers.require(
                buckets > 3 && buckets % 4 == 0 && maxDistance > buckets / 2,
                "relative_attention_num_buckets " + buckets + " with relative_attention_max_distance " + maxDistance
                        + " cannot be divided into near and far");
        Numbers.require(normEpsilon > 0, "layer_norm_epsilon must be positive");
        Numbers.require(
                decoderStart >= 0 && decoderStart < vocabSize,
                "decoder_start_token_id " + decoderStart + " is not an id of the vocabulary");
    }

    @Override
    public String architecture() {
        return "T5ForConditionalGeneration";
    }

    @Override
    public EncoderDecoder build(Params params, Device device) {
        return T5.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return T5Config.write(this);
    }

    @Override
    public CheckpointNames names() {
        // Every published T5 carries a position table for cross-attention that nothing reads.
        String crossTable = "decoder\\.block\\.0\\.layer\\.1\\.EncDecAttention\\.relative_attention_bias\\.weight";
        String copies = "(encoder|decoder)\\.embed_tokens\\.weight";
        String read = "encoder.embed_tokens.weight";
        String written = "decoder.embed_tokens.weight";
        return tiedHead
                ? CheckpointNames.of("", crossTable, copies, "lm_head\\.weight")
                        .tied("shared.weight", read, written, "lm_head.weight")
                : CheckpointNames.of("", crossTable, copies).tied("shared.weight", read, written);
    }
}
