package dev.cortado.model.arch;

import dev.cortado.model.Embedding;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.Positions;
import dev.cortado.model.layer.Sinusoidal;
import dev.cortado.model.layer.Transformer;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;

/// "Attention Is All You Need" (Vaswani et al. 2017, arXiv:1706.03762): the first transformer, with what its early
/// successors changed: norms before sub-layers (Xiong et al. 2020, arXiv:2002.04745), a vocabulary for each of the
/// two texts, other orders of the waves that tell positions.
public final class Vaswani {
    private final VaswaniSpec spec;

    private Vaswani(VaswaniSpec spec) {
        this.spec = spec;
    }

    /// The model of these numbers.
    public static EncoderDecoder of(VaswaniSpec spec, Params params, Device device) {
        return new Vaswani(spec).build(params, device);
    }

    private EncoderDecoder build(Params params, Device device) {
        Params reading = params.at("encoder");
        Params writing = params.at("decoder");
        Embedding target = spec.sharedVocabulary()
                ? table(params, "shared", spec.vocabSize())
                : table(writing, "embed_tokens", spec.vocabSize());
        Embedding source = spec.sharedVocabulary() ? target : table(reading, "embed_tokens", spec.sourceVocabSize());

        StackLayers encoder = layers(spec.encoder());
        var reader = new Transformer.Reader(
                embedder(source), Lens.of(encoder.shape().headDim()), encoder.reading(reading), encoder.last(reading));

        StackLayers decoder = layers(spec.decoder());
        Lens lens = Lens.of(decoder.shape().headDim());
        var writer =
                new Transformer.Writer(embedder(target), lens, lens, decoder.writing(writing), decoder.last(writing));

        Projection map = params.head("lm_head", target, spec.tiedHead(), spec.width(), spec.vocabSize());
        Head head = Head.of(
                spec.headBias()
                        ? new Projection.Biased(
                                map, params.tensor("lm_head.bias", Shape.of(spec.vocabSize()), new Init.Zeros()))
                        : map);
        var parts = new Transformer.Parts(reader, writer, head, spec.decoderStart(), decoder.shape());
        return new Transformer(spec, parts, params.finish(), device);
    }

    private Embedding table(Params params, String name, int count) {
        return params.embedding(name, count, spec.width(), new Init.Normal(1 / Math.sqrt(spec.width())));
    }

    private StackLayers layers(StackSizes sizes) {
        return new StackLayers(spec.width(), sizes, spec.activation(), spec.normFirst(), spec.normEpsilon());
    }

    /// √D·word + wave of its position (section 3.4 and 3.5).
    private Decoder.Embedder embedder(Embedding words) {
        Positions waves = new Sinusoidal(spec.width(), spec.waves(), spec.firstPosition());
        double scale = Math.sqrt(spec.width());
        return (ids, at, precision) -> waves.embed(words.rows(ids, precision).mul(scale), at);
    }
}
