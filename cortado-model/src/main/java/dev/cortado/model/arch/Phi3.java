package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Embedding;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Phi-3 (Abdin et al. 2024, arXiv:2404.14219): a [Llama] that makes queries, keys and values by one projection, and
/// gate and feed-forward by another. Parameter names are those of Hugging Face's `Phi3ForCausalLM`.
public final class Phi3 {
    private Phi3() {}

    /// The model of these numbers.
    public static CausalLm of(Phi3Spec spec, Params params, Device device) {
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
                    JoinedMlp.of(layer.at("mlp"), width, spec.hiddenWidth()));
            layers.add(new Decoder.Layer(lens.with(spec.window()), block));
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
                new HeadInputs.Joined(params.projection("qkv_proj", width, shape.queryWidth() + 2 * shape.keyWidth())),
                Optional.empty(),
                params.projection("o_proj", shape.queryWidth(), width, new Init.Zeros()));
    }

    /// SwiGLU with the gate's rows above the others' in one matrix.
    private record JoinedMlp(Projection gateAndUp, Projection down) implements FeedForward {
        static JoinedMlp of(Params params, int width, int hiddenWidth) {
            return new JoinedMlp(
                    params.projection("gate_up_proj", width, 2L * hiddenWidth),
                    params.projection("down_proj", hiddenWidth, width, new Init.Zeros()));
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor both = gateAndUp.apply(x); // [.., 2·F]
            long half = both.size(-1) / 2;
            Tensor gate = both.slice(-1, 0, half);
            Tensor up = both.slice(-1, half);
            return down.apply(pass.form() == ComputeForm.FUSED ? Fused.swiGlu(gate, up) : Nn.swiGlu(gate, up));
        }
    }
}
