package dev.cortado.model.arch;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Embedding;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.Learned;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.Norm;
import dev.cortado.model.layer.Transformer;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;

/// BART (Lewis et al. 2020, arXiv:1910.13461) and mBART (Liu et al. 2020, arXiv:2001.08210): a transformer with
/// learned positions and one vocabulary, whose embeddings are normalised. BART normalises after each sub-layer, mBART
/// before it. Parameter names are those of Hugging Face's `BartForConditionalGeneration`.
public final class Bart {
    private static final double NORM_EPSILON = 1e-5;
    /// The first rows of the tables of positions belong to padding.
    private static final int OFFSET = 2;

    private final BartSpec spec;

    private Bart(BartSpec spec) {
        this.spec = spec;
    }

    /// The model of these numbers.
    public static EncoderDecoder of(BartSpec spec, Params params, Device device) {
        return new Bart(spec).build(params, device);
    }

    private EncoderDecoder build(Params params, Device device) {
        Params model = params.at("model");
        Embedding words = model.embedding("shared", spec.vocabSize(), spec.width(), new Init.Normal(0.02));

        StackLayers encoder = layers(spec.encoder());
        Params reading = model.at("encoder");
        var reader = new Transformer.Reader(
                embedder(encoder, reading, words),
                Lens.of(encoder.shape().headDim()),
                encoder.reading(reading),
                encoder.last(reading));

        StackLayers decoder = layers(spec.decoder());
        Params writing = model.at("decoder");
        Lens lens = Lens.of(decoder.shape().headDim());
        var writer = new Transformer.Writer(
                embedder(decoder, writing, words), lens, lens, decoder.writing(writing), decoder.last(writing));

        Head head = Head.of(head(params, words));
        var parts = new Transformer.Parts(reader, writer, head, spec.decoderStart(), decoder.shape());
        return new Transformer(spec, parts, params.finish(), device);
    }

    private StackLayers layers(StackSizes sizes) {
        boolean normFirst = spec.family() == BartSpec.Family.MBART;
        return new StackLayers(spec.width(), sizes, spec.activation(), normFirst, NORM_EPSILON);
    }

    /// norm(words + positions).
    private Decoder.Embedder embedder(StackLayers layers, Params stack, Embedding words) {
        var positions = new Learned(
                stack.embedding(
                        "embed_positions", (long) spec.contextLength() + OFFSET, spec.width(), new Init.Normal(0.02)),
                OFFSET);
        Norm norm = layers.norm(stack.at("layernorm_embedding"));
        double scale = spec.scaledEmbeddings() ? Math.sqrt(spec.width()) : 1;
        return (ids, at, precision) -> {
            Tensor rows = words.rows(ids, precision);
            Tensor x = positions.embed(scale == 1 ? rows : rows.mul(scale), at);
            return norm.forward(x, ComputeForm.fastest(x.device()));
        };
    }

    /// With a score for each word whatever is read, [1, V], where the checkpoint has it: zeros in all that were
    /// published.
    private Projection head(Params params, Embedding words) {
        Projection map = params.head("lm_head", words, spec.tiedHead(), spec.width(), spec.vocabSize());
        return params.has("final_logits_bias")
                ? new Projection.Biased(
                        map, params.tensor("final_logits_bias", Shape.of(1, spec.vocabSize()), new Init.Zeros()))
                : map;
    }
}
