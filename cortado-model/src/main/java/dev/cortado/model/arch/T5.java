package dev.cortado.model.arch;

import dev.cortado.model.Embedding;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.CrossAttention;
import dev.cortado.model.layer.CrossBlock;
import dev.cortado.model.layer.EncoderStack;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.RelativeBuckets;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.model.layer.Transformer;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// T5 (Raffel et al. 2020, arXiv:1910.10683) and its version 1.1, of which FLAN-T5 is made (Shazeer 2020,
/// arXiv:2002.05202): pre-norm, norms without mean and bias, no positions but scores for buckets of distances that
/// all layers share, and products of queries and keys that are not scaled. Parameter names are those of Hugging
/// Face's `T5ForConditionalGeneration`.
public final class T5 {
    private final T5Spec spec;
    private final AttentionShape shape;

    private T5(T5Spec spec) {
        this.spec = spec;
        this.shape = AttentionShape.of(spec.heads(), spec.headDim());
    }

    /// The model of these numbers.
    public static EncoderDecoder of(T5Spec spec, Params params, Device device) {
        return new T5(spec).build(params, device);
    }

    /// The encoder alone, which gives activations.
    public static Encoder encoder(T5EncoderSpec spec, Params params, Device device) {
        var t5 = new T5(spec.whole());
        Transformer.Reader reader = t5.reader(t5.words(params), params.at("encoder"));
        List<Block> blocks = new ArrayList<>(reader.blocks());
        blocks.add((x, _, pass) -> reader.norm().forward(x, pass.form()));
        var parts = new EncoderStack.Parts(
                (tokens, pass) -> reader.embedding()
                        .embed(tokens.ids(), pass.positions(tokens.ids().size(1), device), pass.precision()),
                reader.lens(),
                blocks,
                Optional.empty(),
                List.of());
        return new EncoderStack(spec, parts, params.finish(), device);
    }

    private EncoderDecoder build(Params params, Device device) {
        Embedding words = words(params);
        Transformer.Reader reader = reader(words, params.at("encoder"));
        Transformer.Writer writer = writer(words, params.at("decoder"));
        Projection projection = params.head("lm_head", words, spec.tiedHead(), spec.width(), spec.vocabSize());
        double scale = spec.tiedHead() ? 1 / Math.sqrt(spec.width()) : 1;
        var parts = new Transformer.Parts(
                reader, writer, new Head(projection, scale, OptionalDouble.empty()), spec.decoderStart(), shape);
        return new Transformer(spec, parts, params.finish(), device);
    }

    private Embedding words(Params params) {
        return params.embedding("shared", spec.vocabSize(), spec.width(), new Init.Normal(1));
    }

    /// Scores do not see the scale, which the authors left to initialisation.
    private Lens lens() {
        return Lens.of(spec.headDim()).scaled(1);
    }

    private Transformer.Reader reader(Embedding words, Params encoder) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < spec.encoderLayers(); i++) {
            Params layer = encoder.at("block").at(i).at("layer");
            blocks.add(new PreNormBlock(
                    norm(layer.at(0)), attention(layer.at(0), i), norm(layer.at(1)), feedForward(layer.at(1))));
        }
        return new Transformer.Reader(
                (ids, _, precision) -> words.rows(ids, precision),
                lens().with(buckets(encoder, true)),
                blocks,
                lastNorm(encoder));
    }

    private Transformer.Writer writer(Embedding words, Params decoder) {
        List<CrossBlock> blocks = new ArrayList<>();
        for (int i = 0; i < spec.layers(); i++) {
            Params layer = decoder.at("block").at(i).at("layer");
            blocks.add(new CrossBlock.PreNorm(
                    norm(layer.at(0)),
                    attention(layer.at(0), i),
                    norm(layer.at(1)),
                    cross(layer.at(1).at("EncDecAttention")),
                    norm(layer.at(2)),
                    feedForward(layer.at(2))));
        }
        return new Transformer.Writer(
                (ids, _, precision) -> words.rows(ids, precision),
                lens().with(buckets(decoder, false)),
                lens(),
                blocks,
                lastNorm(decoder));
    }

    private RmsNorm lastNorm(Params stack) {
        return new RmsNorm(stack.at("final_layer_norm"), spec.width(), spec.normEpsilon());
    }

    /// The table of the first block, which all share.
    private RelativeBuckets buckets(Params stack, boolean bidirectional) {
        Tensor table = stack.at("block")
                .at(0)
                .at("layer")
                .at(0)
                .at("SelfAttention")
                .tensor(
                        "relative_attention_bias.weight",
                        RelativeBuckets.shape(spec.buckets(), spec.heads()),
                        new Init.Normal(0.02));
        return new RelativeBuckets(table, bidirectional, spec.maxDistance());
    }

    private RmsNorm norm(Params sublayer) {
        return new RmsNorm(sublayer.at("layer_norm"), spec.width(), spec.normEpsilon());
    }

    private Attention attention(Params sublayer, int layer) {
        Params self = sublayer.at("SelfAttention");
        return new Attention(
                layer,
                shape,
                new HeadInputs.Separate(query(self), self.projection("k", spec.width(), shape.keyWidth()), value(self)),
                Optional.empty(),
                output(self));
    }

    private CrossAttention cross(Params cross) {
        return new CrossAttention(
                shape,
                query(cross),
                cross.projection("k", spec.width(), shape.keyWidth()),
                value(cross),
                output(cross));
    }

    private Projection query(Params attention) {
        return attention.projection(
                "q",
                spec.width(),
                shape.queryWidth(),
                new Init.Normal(1 / Math.sqrt((double) spec.width() * spec.headDim())));
    }

    private Projection value(Params attention) {
        return attention.projection("v", spec.width(), shape.keyWidth());
    }

    private Projection output(Params attention) {
        return attention.projection("o", shape.queryWidth(), spec.width(), new Init.Zeros());
    }

    private FeedForward feedForward(Params sublayer) {
        Params dense = sublayer.at("DenseReluDense");
        Projection down = dense.projection("wo", spec.hiddenWidth(), spec.width(), new Init.Zeros());
        return spec.gated()
                ? new GatedMlp(
                        dense.projection("wi_0", spec.width(), spec.hiddenWidth()),
                        dense.projection("wi_1", spec.width(), spec.hiddenWidth()),
                        spec.activation(),
                        down)
                : new Mlp(dense.projection("wi", spec.width(), spec.hiddenWidth()), spec.activation(), down);
    }
}
