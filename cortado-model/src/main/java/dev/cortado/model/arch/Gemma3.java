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
import java.util.Optional;

/// Gemma 3 for text (Gemma Team 2025, arXiv:2503.19786): a [Gemma2] whose queries and keys are normed in each head
/// in place of being bounded, with five layers that see a window for one that sees everything, each kind with
/// frequencies of its own. Parameter names are those of Hugging Face's `Gemma3ForCausalLM`.
public final class Gemma3 {
    private Gemma3() {}

    /// The model of these numbers.
    public static CausalLm of(Gemma3Spec spec, Params params, Device device) {
        DecoderSizes sizes = spec.sizes();
        int width = sizes.width();
        Params model = params.at("model");
        Embedding embedding = model.embedding("embed_tokens", sizes.vocabSize(), width, Init.tokens(true, width));
        Lens lens = spec.scores().apply(Lens.of(sizes.headDim()));
        Lens global = lens.with(spec.rotary());
        Lens local = lens.with(spec.localRotary());
        var shape = new AttentionShape(sizes.heads(), sizes.kvHeads(), sizes.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            Params layer = model.at("layers").at(i);
            var block = new SandwichBlock(
                    Gemma.norm(layer, "input_layernorm", sizes),
                    attention(layer.at("self_attn"), i, spec, shape),
                    Gemma.norm(layer, "post_attention_layernorm", sizes),
                    Gemma.norm(layer, "pre_feedforward_layernorm", sizes),
                    GatedMlp.of(layer.at("mlp"), width, spec.hiddenWidth(), Activation.GELU_TANH, false),
                    Gemma.norm(layer, "post_feedforward_layernorm", sizes));
            boolean sliding = spec.sliding().isSliding(i);
            layers.add(new Decoder.Layer(sliding ? local.with(spec.sliding().of(i)) : global, block));
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

    private static Attention attention(Params params, int layer, Gemma3Spec spec, AttentionShape shape) {
        Attention plain = Attention.of(params, layer, spec.width(), shape, spec.bias());
        double epsilon = spec.sizes().normEpsilon();
        var norms = new Attention.QueryKeyNorms(
                RmsNorm.aroundOne(params.at("q_norm"), shape.headDim(), epsilon),
                RmsNorm.aroundOne(params.at("k_norm"), shape.headDim(), epsilon));
        return new Attention(layer, shape, plain.inputs(), Optional.of(norms), plain.output());
    }
}
