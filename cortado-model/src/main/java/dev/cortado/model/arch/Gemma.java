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
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/// Gemma (Mesnard et al. 2024, arXiv:2403.08295): a [Llama] with GeGLU, heads wider than the width has room for,
/// norms that multiply with 1 + weight, and embeddings times √D. Parameter names are those of Hugging Face's
/// `GemmaForCausalLM`.
public final class Gemma {
    private Gemma() {}

    /// The model of these numbers.
    public static CausalLm of(GemmaSpec spec, Params params, Device device) {
        DecoderSizes sizes = spec.sizes();
        int width = sizes.width();
        Params model = params.at("model");
        Embedding embedding = model.embedding("embed_tokens", sizes.vocabSize(), width, Init.tokens(true, width));
        Lens lens = Lens.of(sizes.headDim()).with(spec.rotary());
        var shape = new AttentionShape(sizes.heads(), sizes.kvHeads(), sizes.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            Params layer = model.at("layers").at(i);
            var block = new PreNormBlock(
                    norm(layer, "input_layernorm", sizes),
                    Attention.of(layer.at("self_attn"), i, width, shape, spec.bias()),
                    norm(layer, "post_attention_layernorm", sizes),
                    GatedMlp.of(layer.at("mlp"), width, spec.hiddenWidth(), Activation.GELU_TANH, false));
            layers.add(new Decoder.Layer(lens, block));
        }
        RmsNorm norm = norm(model, "norm", sizes);
        Projection head = params.head("lm_head", embedding, sizes.tiedHead(), width, sizes.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> scaled(embedding.rows(ids, precision)), layers, norm, Head.of(head), shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    /// Embeddings x [B, T, D] times √D, which is rounded to their dtype first, as it was in training.
    static Tensor scaled(Tensor x) {
        return x.mul(Tensors.filled(Shape.of(1), Math.sqrt((double) x.size(-1)), x.dtype(), x.device()));
    }

    /// A norm of the whole width.
    static RmsNorm norm(Params params, String name, DecoderSizes sizes) {
        return RmsNorm.aroundOne(params.at(name), sizes.width(), sizes.normEpsilon());
    }
}
