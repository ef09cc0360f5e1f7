package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Embedding;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.LayerNorm;
import dev.cortado.model.layer.Learned;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.Norm;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.Scores;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// OPT (Zhang et al. 2022, arXiv:2205.01068): a decoder with LayerNorm before its sub-layers (in one size, after
/// them), learned positions and ReLU. Parameter names are those of Hugging Face's `OPTForCausalLM`.
public final class Opt {
    private static final double NORM_EPSILON = 1e-5;
    /// The first rows of the table of positions belong to padding.
    private static final int OFFSET = 2;

    private final OptSpec spec;
    private final AttentionShape shape;

    private Opt(OptSpec spec) {
        this.spec = spec;
        this.shape = AttentionShape.of(spec.heads(), spec.headDim());
    }

    /// The model of these numbers.
    public static CausalLm of(OptSpec spec, Params params, Device device) {
        return new Opt(spec).model(params, device);
    }

    private CausalLm model(Params params, Device device) {
        Params decoder = params.at("model").at("decoder");
        Embedding tokens = decoder.embedding(
                "embed_tokens",
                spec.vocabSize(),
                spec.embeddingWidth(),
                Init.tokens(spec.tiedHead(), spec.embeddingWidth()));
        var positions = new Learned(
                decoder.embedding(
                        "embed_positions", (long) spec.contextLength() + OFFSET, spec.width(), new Init.Normal(0.02)),
                OFFSET);
        Optional<Projection> in = between(decoder, "project_in", spec.embeddingWidth(), spec.width());
        Optional<Projection> out = between(decoder, "project_out", spec.width(), spec.embeddingWidth());
        var lens = Lens.of(spec.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers(); i++) {
            layers.add(new Decoder.Layer(lens, block(decoder.at("layers").at(i), i)));
        }
        Optional<Norm> norm = spec.finalNorm() ? Optional.of(norm(decoder.at("final_layer_norm"))) : Optional.empty();
        Projection head = params.head("lm_head", tokens, spec.tiedHead(), spec.embeddingWidth(), spec.vocabSize());
        var parts = new Decoder.Parts(
                (ids, at, precision) -> positions.embed(into(in, tokens, ids, precision), at),
                layers,
                new Ending(norm, out),
                Head.of(head),
                shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    private Optional<Projection> between(Params decoder, String name, int from, int to) {
        return spec.embeddingWidth() == spec.width()
                ? Optional.empty()
                : Optional.of(decoder.projection(name, from, to));
    }

    private static Tensor into(Optional<Projection> in, Embedding tokens, Tensor ids, DType precision) {
        Tensor rows = tokens.rows(ids, precision); // [B, T, E]
        return in.map(projection -> projection.apply(rows)).orElse(rows); // [B, T, D]
    }

    private Block block(Params layer, int number) {
        Norm attentionNorm = norm(layer.at("self_attn_layer_norm"));
        Attention attention = attention(layer.at("self_attn"), number);
        var feedForward = new Mlp(
                layer.projection("fc1", spec.width(), spec.hiddenWidth(), Init.fanIn(spec.width()), spec.bias()),
                spec.activation(),
                layer.projection("fc2", spec.hiddenWidth(), spec.width(), new Init.Zeros(), spec.bias()));
        Norm feedForwardNorm = norm(layer.at("final_layer_norm"));
        return spec.normFirst()
                ? new PreNormBlock(attentionNorm, attention, feedForwardNorm, feedForward)
                : new PostNormBlock(attention, attentionNorm, feedForward, feedForwardNorm);
    }

    private Attention attention(Params attn, int layer) {
        int width = spec.width();
        return new Attention(
                layer,
                shape,
                new HeadInputs.Separate(
                        attn.projection("q_proj", width, width, Init.fanIn(width), spec.bias()),
                        attn.projection("k_proj", width, width, Init.fanIn(width), spec.bias()),
                        attn.projection("v_proj", width, width, Init.fanIn(width), spec.bias())),
                Optional.empty(),
                attn.projection("out_proj", width, width, new Init.Zeros(), spec.bias()));
    }

    private Norm norm(Params params) {
        return spec.affineNorms() ? new LayerNorm(params, spec.width(), NORM_EPSILON) : Opt::standardised;
    }

    private static Tensor standardised(Tensor x, ComputeForm form) {
        Shape width = Shape.of(x.size(-1));
        Tensor one = Tensors.ones(width, x.dtype(), x.device());
        return Nn.layerNorm(x, one, Tensors.zeros(width, x.dtype(), x.device()), NORM_EPSILON);
    }

    /// norm(x + attention(x)), then norm(x + feed-forward(x)), as in the first transformers.
    private record PostNormBlock(Attention attention, Norm attentionNorm, FeedForward feedForward, Norm feedForwardNorm)
            implements Block {
        @Override
        public Tensor forward(Tensor x, Scores scores, Pass pass) {
            Tensor attended = attentionNorm.forward(x.add(attention.forward(x, scores, pass)), pass.form());
            return feedForwardNorm.forward(attended.add(feedForward.forward(attended, pass)), pass.form());
        }
    }

    /// What stands between the last block and the head: x [.., D] → [.., E].
    private record Ending(Optional<Norm> norm, Optional<Projection> out) implements Norm {
        @Override
        public Tensor forward(Tensor x, ComputeForm form) {
            Tensor normed = norm.map(n -> n.forward(x, form)).orElse(x);
            return out.map(projection -> projection.apply(normed)).orElse(normed);
        }
    }
}
