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
import java.util.Optional;

/// Qwen3-MoE (Yang et al. 2025, arXiv:2505.09388): queries and keys are normed in each head, experts are many and
/// none is shared. Parameter names are those of Hugging Face's `Qwen3MoeForCausalLM`.
public final class Qwen3Moe {
    private Qwen3Moe() {}

    /// The model of these numbers.
    public static CausalLm of(Qwen3MoeSpec spec, Params params, Device device) {
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
                    feedForward(layer, i, spec));
            layers.add(new Decoder.Layer(lens.with(spec.sliding().of(i)), block));
        }
        var norm = new RmsNorm(model.at("norm"), width, sizes.normEpsilon());
        Projection head = params.head("lm_head", embedding, sizes.tiedHead(), width, sizes.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> embedding.rows(ids, precision), layers, norm, Head.of(head), shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    private static Attention attention(Params params, int layer, Qwen3MoeSpec spec, AttentionShape shape) {
        Attention plain = Attention.of(params, layer, spec.width(), shape, spec.bias());
        double epsilon = spec.sizes().normEpsilon();
        var norms = new Attention.QueryKeyNorms(
                new RmsNorm(params.at("q_norm"), shape.headDim(), epsilon),
                new RmsNorm(params.at("k_norm"), shape.headDim(), epsilon));
        return new Attention(layer, shape, plain.inputs(), Optional.of(norms), plain.output());
    }

    private static FeedForward feedForward(Params layer, int number, Qwen3MoeSpec spec) {
        Params mlp = layer.at("mlp");
        if (spec.dense().contains(number)) {
            return GatedMlp.of(mlp, spec.width(), spec.dense().hiddenWidth(), Activation.SILU, false);
        }
        return ExpertLayers.of(mlp, spec.width(), spec.experts());
    }
}
