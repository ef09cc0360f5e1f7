package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Embedding;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.LayerNorm;
import dev.cortado.model.layer.Learned;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// GPT-2 (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"): a pre-norm decoder with
/// LayerNorm, learned positions, biases everywhere and a GELU. Parameter names are those of Hugging Face's
/// `GPT2LMHeadModel`, and matrices lie as its "Conv1D" has them: [in, out].
public final class Gpt2 {
    private Gpt2() {}

    /// The model of these numbers.
    public static CausalLm of(Gpt2Spec spec, Params params, Device device) {
        Params model = params.at("transformer");
        Embedding tokens =
                model.embedding("wte", spec.vocabSize(), spec.width(), Init.tokens(spec.tiedHead(), spec.width()));
        var positions =
                new Learned(model.embedding("wpe", spec.contextLength(), spec.width(), new Init.Normal(0.02)), 0);
        var shape = AttentionShape.of(spec.heads(), spec.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers(); i++) {
            Params layer = model.at("h").at(i);
            var block = new PreNormBlock(
                    new LayerNorm(layer.at("ln_1"), spec.width(), spec.normEpsilon()),
                    attention(layer.at("attn"), i, spec.width(), shape),
                    new LayerNorm(layer.at("ln_2"), spec.width(), spec.normEpsilon()),
                    feedForward(layer.at("mlp"), spec));
            layers.add(new Decoder.Layer(Lens.of(spec.headDim()).scaled(scale(spec, i)), block));
        }
        var norm = new LayerNorm(model.at("ln_f"), spec.width(), spec.normEpsilon());
        Projection head = params.head("lm_head", tokens, spec.tiedHead(), spec.width(), spec.vocabSize());
        var parts = new Decoder.Parts(
                (ids, at, precision) -> positions.embed(tokens.rows(ids, precision), at),
                layers,
                norm,
                Head.of(head),
                shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    private static Attention attention(Params attn, int layer, int width, AttentionShape shape) {
        return new Attention(
                layer,
                shape,
                new HeadInputs.Joined(attn.conv1d("c_attn", width, 3L * width, Init.fanIn(width))),
                Optional.empty(),
                attn.conv1d("c_proj", width, width, new Init.Zeros()));
    }

    private static Mlp feedForward(Params mlp, Gpt2Spec spec) {
        return new Mlp(
                mlp.conv1d("c_fc", spec.width(), spec.hiddenWidth(), Init.fanIn(spec.width())),
                spec.activation(),
                mlp.conv1d("c_proj", spec.hiddenWidth(), spec.width(), new Init.Zeros()));
    }

    private static double scale(Gpt2Spec spec, int layer) {
        double root = spec.scaledByRoot() ? Math.sqrt(spec.headDim()) : 1;
        return 1 / (spec.scaledByDepth() ? root * (layer + 1) : root);
    }
}
