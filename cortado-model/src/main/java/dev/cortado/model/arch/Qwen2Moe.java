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
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.model.layer.SparseMlp;
import dev.cortado.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Qwen1.5-MoE and Qwen2-MoE (Yang et al. 2024, arXiv:2407.10671, section 2.2.2): fine-grained experts beside one
/// that every token goes to, weighed by a gate of its own. Parameter names are those of Hugging Face's
/// `Qwen2MoeForCausalLM`.
public final class Qwen2Moe {
    private Qwen2Moe() {}

    /// The model of these numbers.
    public static CausalLm of(Qwen2MoeSpec spec, Params params, Device device) {
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

    private static Attention attention(Params params, int layer, Qwen2MoeSpec spec, AttentionShape shape) {
        int width = spec.width();
        return new Attention(
                layer,
                shape,
                new HeadInputs.Separate(
                        params.projection("q_proj", width, shape.queryWidth(), Init.fanIn(width), spec.bias()),
                        params.projection("k_proj", width, shape.keyWidth(), Init.fanIn(width), spec.bias()),
                        params.projection("v_proj", width, shape.keyWidth(), Init.fanIn(width), spec.bias())),
                Optional.empty(),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros()));
    }

    private static FeedForward feedForward(Params layer, int number, Qwen2MoeSpec spec) {
        Params mlp = layer.at("mlp");
        if (spec.dense().contains(number)) {
            return GatedMlp.of(mlp, spec.width(), spec.dense().hiddenWidth(), Activation.SILU, false);
        }
        SparseMlp routed = ExpertLayers.of(mlp, spec.width(), spec.experts());
        GatedMlp shared =
                GatedMlp.of(mlp.at("shared_expert"), spec.width(), spec.sharedWidth(), Activation.SILU, false);
        Projection gate = mlp.projection("shared_expert_gate", spec.width(), 1);
        return (x, pass) -> routed.forward(x, pass).add(gate.apply(x).sigmoid().mul(shared.forward(x, pass)));
    }
}
