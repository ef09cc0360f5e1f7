package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Init;
import dev.cortado.model.KvCache;
import dev.cortado.model.Layout;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionMask;
import dev.cortado.model.layer.RmsNorm;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.layer.SwiGlu;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/// LLaMA (Touvron et al. 2023, arXiv:2302.13971, arXiv:2307.09288): a pre-norm decoder with RMSNorm, rotary
/// positions, grouped-query attention and SwiGLU. Parameter names are those of Hugging Face's `LlamaForCausalLM`.
public final class Llama implements CausalLm {
    private final LlamaSpec spec;
    private final Device device;
    private final Tensor embedding; // [V, D]
    private final Rotary rotary;
    private final List<Block> blocks = new ArrayList<>();
    private final RmsNorm norm;
    private final Projection head;
    private final ParameterSet parameters;

    public Llama(LlamaSpec spec, Params params, Device device) {
        this.spec = spec;
        this.device = device;
        Params model = params.at("model");
        this.embedding = model.tensor(
                "embed_tokens.weight",
                Shape.of(spec.vocabSize(), spec.width()),
                new Init.Normal(spec.tiedHead() ? 1 / Math.sqrt(spec.width()) : 1));
        this.rotary = new Rotary(spec.headDim(), spec.ropeTheta());
        for (int i = 0; i < spec.layers(); i++) {
            blocks.add(new Block(model.at("layers").at(i), i, spec));
        }
        this.norm = new RmsNorm(model.at("norm"), spec.width(), spec.normEpsilon());
        this.head = spec.tiedHead()
                ? new Projection.Dense(embedding)
                : params.projection("lm_head", spec.width(), spec.vocabSize(), new Init.Normal(0.001));
        this.parameters = params.finish();
    }

    @Override
    public Tensor hidden(Tensor ids, Pass pass) { // ids [B, T]
        long newTokens = ids.size(1);
        Tensor positions = switch (pass.layout()) {
            case Layout.Whole(long start) ->
                Tensors.range(start, start + newTokens, device).unsqueeze(0);
            case Layout.Packed(Tensor given, var _) -> given;
        };
        Rotary.Angles angles = rotary.at(positions);
        AttentionMask mask = AttentionMask.causal(pass, ids.size(0), newTokens, device);
        Tensor x = Nn.embedding(embedding, ids).to(pass.precision()); // [B, T, D]
        for (Block block : blocks) {
            x = block.forward(x, angles, mask, pass);
        }
        pass.cache().ifPresent(cache -> cache.advance(newTokens));
        return norm.forward(x, pass.form());
    }

    @Override
    public Projection head() {
        return head;
    }

    @Override
    public LlamaSpec spec() {
        return spec;
    }

    @Override
    public ParameterSet parameters() {
        return parameters;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public KvCache newCache(long batch, long capacity, DType dtype) {
        return new KvCache(spec.layers(), batch, spec.kvHeads(), capacity, spec.headDim(), dtype, device);
    }

    /// x + attention(norm(x)), then x + feed-forward(norm(x)).
    private static final class Block {
        private final RmsNorm attentionNorm;
        private final Attention attention;
        private final RmsNorm feedForwardNorm;
        private final SwiGlu feedForward;

        Block(Params params, int layer, LlamaSpec spec) {
            this.attentionNorm = new RmsNorm(params.at("input_layernorm"), spec.width(), spec.normEpsilon());
            this.attention = new Attention(
                    params.at("self_attn"), layer, spec.width(), spec.heads(), spec.kvHeads(), spec.headDim());
            this.feedForwardNorm = new RmsNorm(params.at("post_attention_layernorm"), spec.width(), spec.normEpsilon());
            this.feedForward = new SwiGlu(params.at("mlp"), spec.width(), spec.hiddenWidth());
        }

        Tensor forward(Tensor x, Rotary.Angles angles, AttentionMask mask, Pass pass) { // [B, T, D]
            Tensor attended = x.add(attention.forward(attentionNorm.forward(x, pass.form()), angles, mask, pass));
            return attended.add(feedForward.forward(feedForwardNorm.forward(attended, pass.form()), pass.form()));
        }
    }
}
