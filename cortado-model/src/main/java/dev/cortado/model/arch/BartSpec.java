package dev.cortado.model.arch;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Bart].
///
/// @param contextLength    positions there are vectors for: no text, read or written, can be longer
/// @param scaledEmbeddings whether embeddings are multiplied by √width
/// @param tiedHead         whether the output projection is the embedding
/// @param decoderStart     the id the decoder's text begins with
public record BartSpec(
        Family family,
        int vocabSize,
        int contextLength,
        int width,
        StackSizes encoder,
        StackSizes decoder,
        Activation activation,
        boolean scaledEmbeddings,
        boolean tiedHead,
        int decoderStart)
        implements ModelSpec {
    /// Which of the models with these parts.
    public enum Family {
        /// Norms after sub-layers.
        BART("Bart"),
        /// Norms before sub-layers, and behind both stacks.
        MBART("MBart");

        private final String stem;

        Family(String stem) {
            this.stem = stem;
        }
    }

    public BartSpec {
        Numbers.require(vocabSize > 0, "vocab_size " + vocabSize + " is not positive");
        Numbers.require(contextLength > 0, "max_position_embeddings " + contextLength + " is not positive");
        Numbers.require(width > 0, "d_model " + width + " is not positive");
        Numbers.require(
                width % encoder.heads() == 0 && width % decoder.heads() == 0,
                "d_model " + width + " is not a multiple of encoder_attention_heads " + encoder.heads()
                        + " and decoder_attention_heads " + decoder.heads());
        Numbers.require(
                decoderStart >= 0 && decoderStart < vocabSize,
                "decoder_start_token_id " + decoderStart + " is not an id of the vocabulary");
    }

    @Override
    public String architecture() {
        return family.stem + "ForConditionalGeneration";
    }

    @Override
    public boolean boundedContext() {
        return true;
    }

    @Override
    public int layers() {
        return decoder.layers();
    }

    @Override
    public EncoderDecoder build(Params params, Device device) {
        return Bart.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return BartConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        String copies = "(model\\.)?(encoder|decoder)\\.embed_tokens\\.weight";
        String versions = "(model\\.)?(encoder|decoder)\\.version";
        String others = "(classification_head|qa_outputs)\\..*";
        String shared = "model.shared.weight";
        String read = "model.encoder.embed_tokens.weight";
        String written = "model.decoder.embed_tokens.weight";
        return tiedHead
                ? CheckpointNames.of("model.", copies, versions, others, "lm_head\\.weight")
                        .tied(shared, read, written, "lm_head.weight")
                : CheckpointNames.of("model.", copies, versions, others).tied(shared, read, written);
    }
}
