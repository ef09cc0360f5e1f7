package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Embedding;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// LLaMA (Touvron et al. 2023, arXiv:2302.13971, arXiv:2307.09288): a pre-norm decoder with RMSNorm, rotary
/// positions, grouped-query attention and SwiGLU. Parameter names are those of Hugging Face's `LlamaForCausalLM`.
public final class Llama {
    private Llama() {}

    /// The model of these numbers.
    public static CausalLm of(LlamaSpec spec, Params params, Device device) {
        int width = spec.width();
        LlamaSpec.Biases biases = spec.biases();
        Lens lens = Lens.of(spec.headDim()).with(spec.rotary());
        return of(
                spec,
                params,
                device,
                _ -> lens,
                (self, i, shape) -> Attention.of(self, i, width, shape, biases.attention()),
                (layer, _) ->
                        GatedMlp.of(layer.at("mlp"), width, spec.hiddenWidth(), Activation.SILU, biases.feedForward()));
    }

    /// How a descendant makes the attention of layer number `layer` from the parameters under `self_attn`.
    @FunctionalInterface
    interface AttentionOf {
        Attention make(Params self, int layer, AttentionShape shape);
    }

    /// How a descendant makes what follows attention in a layer from all its parameters.
    @FunctionalInterface
    interface FeedForwardOf {
        FeedForward make(Params layer, int number);
    }

    /// A descendant: the same but for what its layers see, their attention and their feed-forward.
    static CausalLm of(
            SizedSpec spec,
            Params params,
            Device device,
            IntFunction<Lens> lenses,
            AttentionOf attention,
            FeedForwardOf feedForward) {
        DecoderSizes sizes = spec.sizes();
        int width = sizes.width();
        Params model = params.at("model");
        Embedding embedding =
                model.embedding("embed_tokens", sizes.vocabSize(), width, Init.tokens(sizes.tiedHead(), width));
        var shape = new AttentionShape(sizes.heads(), sizes.kvHeads(), sizes.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            Params layer = model.at("layers").at(i);
            var block = new PreNormBlock(
                    new RmsNorm(layer.at("input_layernorm"), width, sizes.normEpsilon()),
                    attention.make(layer.at("self_attn"), i, shape),
                    new RmsNorm(layer.at("post_attention_layernorm"), width, sizes.normEpsilon()),
                    feedForward.make(layer, i));
            layers.add(new Decoder.Layer(lenses.apply(i), block));
        }
        var norm = new RmsNorm(model.at("norm"), width, sizes.normEpsilon());
        Projection head = params.head("lm_head", embedding, sizes.tiedHead(), width, sizes.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> embedding.rows(ids, precision), layers, norm, Head.of(head), shape);
        return new Decoder(spec, parts, params.finish(), device);
    }
}
