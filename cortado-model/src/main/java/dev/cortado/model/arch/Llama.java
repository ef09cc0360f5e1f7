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
import java.util.ArrayList;
import java.util.List;

/// LLaMA (Touvron et al. 2023, arXiv:2302.13971, arXiv:2307.09288): a pre-norm decoder with RMSNorm, rotary
/// positions, grouped-query attention and SwiGLU. Parameter names are those of Hugging Face's `LlamaForCausalLM`.
public final class Llama {
    private Llama() {}

    /// The model of these numbers.
    public static CausalLm of(LlamaSpec spec, Params params, Device device) {
        Params model = params.at("model");
        Embedding embedding = model.embedding(
                "embed_tokens",
                spec.vocabSize(),
                spec.width(),
                new Init.Normal(spec.tiedHead() ? 1 / Math.sqrt(spec.width()) : 1));
        Lens lens = Lens.of(spec.headDim()).with(spec.rotary());
        var shape = new AttentionShape(spec.heads(), spec.kvHeads(), spec.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers(); i++) {
            Params layer = model.at("layers").at(i);
            var block = new PreNormBlock(
                    new RmsNorm(layer.at("input_layernorm"), spec.width(), spec.normEpsilon()),
                    Attention.of(
                            layer.at("self_attn"),
                            i,
                            spec.width(),
                            shape,
                            spec.biases().attention()),
                    new RmsNorm(layer.at("post_attention_layernorm"), spec.width(), spec.normEpsilon()),
                    GatedMlp.of(
                            layer.at("mlp"),
                            spec.width(),
                            spec.hiddenWidth(),
                            Activation.SILU,
                            spec.biases().feedForward()));
            layers.add(new Decoder.Layer(lens, block));
        }
        var norm = new RmsNorm(model.at("norm"), spec.width(), spec.normEpsilon());
        Projection head = params.head("lm_head", embedding, spec.tiedHead(), spec.width(), spec.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> embedding.rows(ids, precision), layers, norm, Head.of(head), shape);
        return new Decoder(spec, parts, params.finish(), device);
    }
}
