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
import dev.cortado.model.layer.GatedMlp;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Qwen2 (Yang et al. 2024, arXiv:2407.10671): a [Llama] with biases where queries, keys and values are made, and
/// windows in the later layers of some. Parameter names are those of Hugging Face's `Qwen2ForCausalLM`.
public final class Qwen2 {
    private Qwen2() {}

    /// The model of these numbers.
    public static CausalLm of(Qwen2Spec spec, Params params, Device device) {
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
                    attention(layer.at("self_attn"), i, width, shape),
                    new RmsNorm(layer.at("post_attention_layernorm"), width, sizes.normEpsilon()),
                    GatedMlp.of(layer.at("mlp"), width, spec.hiddenWidth(), Activation.SILU, false));
            layers.add(new Decoder.Layer(lens.with(spec.sliding().of(i)), block));
        }
        var norm = new RmsNorm(model.at("norm"), width, sizes.normEpsilon());
        Projection head = params.head("lm_head", embedding, sizes.tiedHead(), width, sizes.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> embedding.rows(ids, precision), layers, norm, Head.of(head), shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    private static Attention attention(Params params, int layer, int width, AttentionShape shape) {
        return new Attention(
                layer,
                shape,
                new HeadInputs.Separate(
                        params.biased("q_proj", width, shape.queryWidth()),
                        params.biased("k_proj", width, shape.keyWidth()),
                        params.biased("v_proj", width, shape.keyWidth())),
                Optional.empty(),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros()));
    }
}
