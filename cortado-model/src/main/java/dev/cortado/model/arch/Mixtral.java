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
import dev.cortado.model.layer.SparseMlp;
import dev.cortado.tensor.Device;
import java.util.ArrayList;
import java.util.List;

/// Mixtral (Jiang et al. 2024, arXiv:2401.04088): a Mistral whose feed-forward layers are mixtures of experts, the
/// weights of the chosen ones made to sum to 1. Parameter names are those of Hugging Face's `MixtralForCausalLM`.
public final class Mixtral {
    private Mixtral() {}

    /// The model of these numbers.
    public static CausalLm of(MixtralSpec spec, Params params, Device device) {
        DecoderSizes sizes = spec.sizes();
        int width = sizes.width();
        Params model = params.at("model");
        Embedding embedding = model.embedding("embed_tokens", sizes.vocabSize(), width, new Init.Normal(0.02));
        Lens lens = Lens.of(sizes.headDim()).with(spec.rotary());
        var shape = new AttentionShape(sizes.heads(), sizes.kvHeads(), sizes.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            Params layer = model.at("layers").at(i);
            var block = new PreNormBlock(
                    new RmsNorm(layer.at("input_layernorm"), width, sizes.normEpsilon()),
                    attention(layer.at("self_attn"), i, spec, shape),
                    new RmsNorm(layer.at("post_attention_layernorm"), width, sizes.normEpsilon()),
                    feedForward(layer, spec));
            layers.add(new Decoder.Layer(lens.with(spec.window()), block));
        }
        var norm = new RmsNorm(model.at("norm"), width, sizes.normEpsilon());
        Projection head = params.head("lm_head", embedding, sizes.tiedHead(), width, sizes.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> embedding.rows(ids, precision), layers, norm, Head.of(head), shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    private static Attention attention(Params params, int layer, MixtralSpec spec, AttentionShape shape) {
        return Attention.of(params, layer, spec.width(), shape, false);
    }

    private static FeedForward feedForward(Params layer, MixtralSpec spec) {
        Params moe = layer.at("block_sparse_moe");
        Experts numbers = spec.experts();
        int width = spec.width();
        Projection router = moe.projection("gate", width, numbers.count());
        List<GatedMlp> experts = new ArrayList<>();
        for (int e = 0; e < numbers.count(); e++) {
            Params expert = moe.at("experts").at(e);
            experts.add(new GatedMlp(
                    expert.projection("w1", width, numbers.hiddenWidth()),
                    expert.projection("w3", width, numbers.hiddenWidth()),
                    Activation.SILU,
                    expert.projection("w2", numbers.hiddenWidth(), width, new Init.Zeros())));
        }
        return new SparseMlp(router, experts, numbers.chosen(), numbers.normalised());
    }
}
