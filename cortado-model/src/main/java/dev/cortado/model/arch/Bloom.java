package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Embedding;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Alibi;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.LayerNorm;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.Norm;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.Scores;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// BLOOM (BigScience 2022, arXiv:2211.05100): a pre-norm decoder with LayerNorm, also of its embeddings, whose
/// attention knows positions by ALiBi alone. Parameter names are those of Hugging Face's `BloomForCausalLM`.
public final class Bloom {
    private Bloom() {}

    /// The model of these numbers.
    public static CausalLm of(BloomSpec spec, Params params, Device device) {
        Params model = params.at("transformer");
        Embedding tokens = model.embedding("word_embeddings", spec.vocabSize(), spec.width(), new Init.Normal(0.02));
        var first = norm(model.at("word_embeddings_layernorm"), spec);
        Lens lens = Lens.of(spec.headDim()).with(new Alibi(spec.heads()));
        var shape = AttentionShape.of(spec.heads(), spec.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers(); i++) {
            layers.add(new Decoder.Layer(lens, block(spec, model.at("h").at(i), i, shape)));
        }
        var last = norm(model.at("ln_f"), spec);
        Projection head = params.head("lm_head", tokens, spec.tiedHead(), spec.width(), spec.vocabSize());
        // A LayerNorm is computed the same way in every form of pass.
        var parts = new Decoder.Parts(
                (ids, _, precision) -> first.forward(tokens.rows(ids, precision), ComputeForm.LIBRARY),
                layers,
                last,
                Head.of(head),
                shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    private static LayerNorm norm(Params params, BloomSpec spec) {
        return new LayerNorm(params, spec.width(), spec.normEpsilon());
    }

    private static Block block(BloomSpec spec, Params layer, int number, AttentionShape shape) {
        long width = spec.width();
        Norm attentionNorm = norm(layer.at("input_layernorm"), spec);
        Params attn = layer.at("self_attention");
        var attention = new Attention(
                number,
                shape,
                new HeadInputs.PerHead(attn.biased("query_key_value", width, 3 * width)),
                Optional.empty(),
                attn.biased("dense", width, width, new Init.Zeros()));
        Norm feedForwardNorm = norm(layer.at("post_attention_layernorm"), spec);
        Params mlp = layer.at("mlp");
        var feedForward = new Mlp(
                mlp.biased("dense_h_to_4h", width, 4 * width),
                Activation.GELU_TANH,
                mlp.biased("dense_4h_to_h", 4 * width, width, new Init.Zeros()));
        return spec.residualsNormalised()
                ? new NormalisedResidualBlock(attentionNorm, attention, feedForwardNorm, feedForward)
                : new PreNormBlock(attentionNorm, attention, feedForwardNorm, feedForward);
    }

    /// n + attention(n) with n = norm(x), then the same with the feed-forward layer.
    private record NormalisedResidualBlock(
            Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward) implements Block {
        @Override
        public Tensor forward(Tensor x, Scores scores, Pass pass) {
            Tensor seen = attentionNorm.forward(x, pass.form());
            Tensor attended = feedForwardNorm.forward(seen.add(attention.forward(seen, scores, pass)), pass.form());
            return attended.add(feedForward.forward(attended, pass));
        }
    }
}
