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
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.model.layer.SandwichBlock;
import dev.cortado.tensor.Device;
import java.util.ArrayList;
import java.util.List;

/// Gemma 2 (Riviere et al. 2024, arXiv:2408.00118): norms before and after both parts of a block, windows in every
/// other layer, GeGLU, and scores and logits that are bounded. Parameter names are those of Hugging Face's
/// `Gemma2ForCausalLM`.
public final class Gemma2 {
    private Gemma2() {}

    /// The model of these numbers.
    public static CausalLm of(Gemma2Spec spec, Params params, Device device) {
        DecoderSizes sizes = spec.sizes();
        int width = sizes.width();
        Params model = params.at("model");
        Embedding embedding = model.embedding("embed_tokens", sizes.vocabSize(), width, Init.tokens(true, width));
        Lens lens = spec.scores().apply(Lens.of(sizes.headDim()).with(spec.rotary()));
        var shape = new AttentionShape(sizes.heads(), sizes.kvHeads(), sizes.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            Params layer = model.at("layers").at(i);
            var block = new SandwichBlock(
                    Gemma.norm(layer, "input_layernorm", sizes),
                    Attention.of(layer.at("self_attn"), i, width, shape, spec.bias()),
                    Gemma.norm(layer, "post_attention_layernorm", sizes),
                    Gemma.norm(layer, "pre_feedforward_layernorm", sizes),
                    GatedMlp.of(layer.at("mlp"), width, spec.hiddenWidth(), Activation.GELU_TANH, false),
                    Gemma.norm(layer, "post_feedforward_layernorm", sizes));
            layers.add(new Decoder.Layer(lens.with(spec.sliding().of(i)), block));
        }
        RmsNorm norm = Gemma.norm(model, "norm", sizes);
        Projection head = params.head("lm_head", embedding, sizes.tiedHead(), width, sizes.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> Gemma.scaled(embedding.rows(ids, precision)),
                layers,
                norm,
                new Head(head, 1, spec.finalCap()),
                shape);
        return new Decoder(spec, parts, params.finish(), device);
    }
}
