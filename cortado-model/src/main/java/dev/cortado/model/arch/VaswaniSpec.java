package dev.cortado.model.arch;

import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Sinusoidal;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Vaswani].
///
/// @param sourceVocabSize  number of ids of the text that is read
/// @param vocabSize        number of ids of the text that is written
/// @param sharedVocabulary whether both texts are of one vocabulary and one embedding
/// @param tiedHead         whether the output projection is the embedding of the text that is written
/// @param contextLength    tokens it is meant for at once; its positions have no end
/// @param headBias         whether the output projection has a bias
/// @param waves            how sines and cosines stand in a position's wave
/// @param firstPosition    the number of the first position
/// @param normFirst        whether a sub-layer's input is normalised, or the sum of its input and output
/// @param decoderStart     the id the decoder's text begins with
public record VaswaniSpec(
        int sourceVocabSize,
        int vocabSize,
        boolean sharedVocabulary,
        boolean tiedHead,
        boolean headBias,
        int contextLength,
        int width,
        StackSizes encoder,
        StackSizes decoder,
        Activation activation,
        Sinusoidal.Order waves,
        int firstPosition,
        boolean normFirst,
        double normEpsilon,
        int decoderStart)
        implements ModelSpec {
    public VaswaniSpec {
        Numbers.require(
                vocabSize > 0 && sourceVocabSize > 0,
                "vocab_size " + vocabSize + " and source_vocab_size " + sourceVocabSize + " must be positive");
        Numbers.require(
                !sharedVocabulary || vocabSize == sourceVocabSize,
                "a shared vocabulary has one size, not vocab_size " + vocabSize + " and source_vocab_size "
                        + sourceVocabSize);
        Numbers.require(contextLength > 0, "max_position_embeddings " + contextLength + " is not positive");
        // Frequencies need two pairs to fall from the first to the last.
        Numbers.require(width >= 4 && width % 2 == 0, "d_model " + width + " is not even and at least 4");
        Numbers.require(
                width % encoder.heads() == 0 && width % decoder.heads() == 0,
                "d_model " + width + " is not a multiple of encoder_attention_heads " + encoder.heads()
                        + " and decoder_attention_heads " + decoder.heads());
        Numbers.require(firstPosition >= 0, "first_position " + firstPosition + " is negative");
        Numbers.require(normEpsilon > 0, "layer_norm_eps " + normEpsilon + " is not positive");
        Numbers.require(
                decoderStart >= 0 && decoderStart < vocabSize,
                "decoder_start_token_id " + decoderStart + " is not an id of the vocabulary");
    }

    /// The paper's: one vocabulary and one embedding for both texts and the head, sines beside cosines, norms
    /// after sub-layers.
    public static VaswaniSpec of(
            int vocabSize, int contextLength, int width, StackSizes encoder, StackSizes decoder, int decoderStart) {
        return new VaswaniSpec(
                vocabSize,
                vocabSize,
                true,
                true,
                false,
                contextLength,
                width,
                encoder,
                decoder,
                Activation.RELU,
                Sinusoidal.Order.INTERLEAVED,
                0,
                false,
                1e-6,
                decoderStart);
    }

    @Override
    public String architecture() {
        return "CortadoTransformerForConditionalGeneration";
    }

    @Override
    public int layers() {
        return decoder.layers();
    }

    @Override
    public EncoderDecoder build(Params params, Device device) {
        return Vaswani.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return VaswaniConfig.write(this);
    }
}
