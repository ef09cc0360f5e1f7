package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Embedding;
import dev.cortado.model.Encoder;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.KvCache;
import dev.cortado.model.Layout;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.EncoderStack;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.MaskedLmHead;
import dev.cortado.model.layer.MixedAttention;
import dev.cortado.model.layer.Norm;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.model.layer.Scores;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A [Llama] in which any of the efficient transformers' ways of mixing tokens (Tay et al. 2020, arXiv:2009.06732;
/// [dev.cortado.model.mixing.Mixing]) stands in place of attention, causal or not, so that they can be compared with
/// nothing else changed. With softmax it is a Llama, parameter by parameter.
public final class EfficientTransformer {
    private final EfficientTransformerSpec spec;
    private final DecoderSizes sizes;
    private final AttentionShape shape;
    private final Lens lens;

    private EfficientTransformer(EfficientTransformerSpec spec) {
        this.spec = spec;
        this.sizes = spec.sizes();
        this.shape = new AttentionShape(sizes.heads(), sizes.kvHeads(), sizes.headDim());
        this.lens = Lens.of(sizes.headDim()).with(spec.rotary());
    }

    /// The model of these numbers, to write with.
    public static CausalLm decoder(EfficientTransformerSpec spec, Params params, Device device) {
        return new EfficientTransformer(spec).decoder(params, device);
    }

    /// The model of these numbers, to read with: beside Llama's parameters it has a head `lm_head.dense`,
    /// `lm_head.norm`, `lm_head.decoder` (unless tied) and `lm_head.bias`.
    public static Encoder encoder(EfficientTransformerSpec spec, Params params, Device device) {
        return new EfficientTransformer(spec).encoder(params, device);
    }

    private CausalLm decoder(Params params, Device device) {
        Params model = params.at("model");
        Embedding embedding = words(model);
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            layers.add(new Decoder.Layer(lens, block(model, i, true)));
        }
        Norm norm = norm(model.at("norm"));
        Projection head = params.head("lm_head", embedding, sizes.tiedHead(), sizes.width(), sizes.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> embedding.rows(ids, precision), layers, norm, Head.of(head), shape);
        var decoder = new Decoder(spec, parts, params.finish(), device);
        return spec.mixing().sharesQueriesAsKeys() ? new Rereading(decoder) : decoder;
    }

    private Encoder encoder(Params params, Device device) {
        Params model = params.at("model");
        Embedding embedding = words(model);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            blocks.add(block(model, i, false));
        }
        Norm norm = norm(model.at("norm"));
        blocks.add((x, _, pass) -> norm.forward(x, pass.form()));
        Params head = params.at("lm_head");
        Projection decoder = sizes.tiedHead()
                ? embedding.projection()
                : head.projection("decoder", sizes.width(), sizes.vocabSize(), new Init.Normal(0.001));
        var words = new MaskedLmHead(
                head.projection("dense", sizes.width(), sizes.width()),
                Activation.GELU,
                norm(head.at("norm")),
                new Projection.Biased(decoder, head.tensor("bias", Shape.of(sizes.vocabSize()), new Init.Zeros())));
        var parts = new EncoderStack.Parts(
                (tokens, pass) -> embedding.rows(tokens.ids(), pass.precision()),
                lens,
                blocks,
                Optional.empty(),
                List.of(words));
        return new EncoderStack(spec, parts, params.finish(), device);
    }

    private Embedding words(Params model) {
        return model.embedding(
                "embed_tokens", sizes.vocabSize(), sizes.width(), Init.tokens(sizes.tiedHead(), sizes.width()));
    }

    private Block block(Params model, int number, boolean causal) {
        Params layer = model.at("layers").at(number);
        return new MixedBlock(
                norm(layer.at("input_layernorm")),
                MixedAttention.of(layer.at("self_attn"), number, sizes.width(), shape, spec.mixing(), causal),
                norm(layer.at("post_attention_layernorm")),
                GatedMlp.of(layer.at("mlp"), sizes.width(), spec.hiddenWidth(), Activation.SILU, false));
    }

    private Norm norm(Params params) {
        return new RmsNorm(params, sizes.width(), sizes.normEpsilon());
    }

    /// x + mixed(norm(x)), then x + feed-forward(norm(x)).
    private record MixedBlock(
            Norm attentionNorm, MixedAttention attention, Norm feedForwardNorm, FeedForward feedForward)
            implements Block {
        @Override
        public Tensor forward(Tensor x, Scores scores, Pass pass) {
            Tensor mixed = x.add(attention.forward(attentionNorm.forward(x, pass.form()), scores, pass));
            return mixed.add(feedForward.forward(feedForwardNorm.forward(mixed, pass.form()), pass));
        }
    }

    /// A decoder whose layers cannot be continued, because which earlier tokens are found depends on those that
    /// follow. Its cache remembers the ids themselves, and a text is read again from the beginning with every
    /// call: what comes of the new tokens is what comes of them in the whole text so far.
    private record Rereading(Decoder decoder) implements CausalLm {
        @Override
        public Tensor hidden(Tensor ids, Pass pass) { // ids [B, T]
            if (pass.cache().isEmpty()) {
                return decoder.hidden(ids, pass);
            }
            KvCache cache = pass.cache().get();
            Tensor asKeys = ids.unsqueeze(1).unsqueeze(-1); // [B, 1, T, 1]
            Tensor all = cache.remember(0, asKeys, asKeys).keys().flatten(1); // [B, S]
            cache.advance(ids.size(1));
            Pass afresh = new Pass(pass.precision(), pass.form(), new Layout.Whole(0), Optional.empty());
            return decoder.hidden(all, afresh).slice(1, all.size(1) - ids.size(1));
        }

        @Override
        public KvCache newCache(long batch, long capacity, DType dtype) {
            return new KvCache(1, batch, 1, capacity, 1, DType.I64, device());
        }

        @Override
        public Head head() {
            return decoder.head();
        }

        @Override
        public ModelSpec spec() {
            return decoder.spec();
        }

        @Override
        public ParameterSet parameters() {
            return decoder.parameters();
        }

        @Override
        public Device device() {
            return decoder.device();
        }
    }
}
