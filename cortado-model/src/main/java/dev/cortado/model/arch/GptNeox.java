package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Embedding;
import dev.cortado.model.Head;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.Decoder;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.LayerNorm;
import dev.cortado.model.layer.Lens;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.Norm;
import dev.cortado.model.layer.PreNormBlock;
import dev.cortado.model.layer.Scores;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// GPT-NeoX (Black et al. 2022, arXiv:2204.06745) and Pythia (Biderman et al. 2023, arXiv:2304.01373): a decoder
/// with LayerNorm, rotary positions in the first channels of each head, and sub-layers that work side by side.
/// Parameter names are those of Hugging Face's `GPTNeoXForCausalLM`.
public final class GptNeox {
    private GptNeox() {}

    /// The model of these numbers.
    public static CausalLm of(GptNeoxSpec spec, Params params, Device device) {
        Params model = params.at("gpt_neox");
        Embedding tokens =
                model.embedding("embed_in", spec.vocabSize(), spec.width(), Init.tokens(spec.tiedHead(), spec.width()));
        Lens lens = Lens.of(spec.headDim()).with(spec.rotary());
        var shape = AttentionShape.of(spec.heads(), spec.headDim());
        List<Decoder.Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers(); i++) {
            layers.add(new Decoder.Layer(lens, block(spec, model.at("layers").at(i), i, shape)));
        }
        var norm = norm(model.at("final_layer_norm"), spec);
        Projection head = params.head("embed_out", tokens, spec.tiedHead(), spec.width(), spec.vocabSize());
        var parts = new Decoder.Parts(
                (ids, _, precision) -> tokens.rows(ids, precision), layers, norm, Head.of(head), shape);
        return new Decoder(spec, parts, params.finish(), device);
    }

    private static Norm norm(Params params, GptNeoxSpec spec) {
        return new LayerNorm(params, spec.width(), spec.normEpsilon());
    }

    private static Block block(GptNeoxSpec spec, Params layer, int number, AttentionShape shape) {
        long width = spec.width();
        Norm attentionNorm = norm(layer.at("input_layernorm"), spec);
        Norm feedForwardNorm = norm(layer.at("post_attention_layernorm"), spec);
        Params attn = layer.at("attention");
        var attention = new Attention(
                number,
                shape,
                new HeadInputs.PerHead(
                        attn.projection("query_key_value", width, 3 * width, Init.fanIn(width), spec.attentionBias())),
                Optional.empty(),
                attn.projection("dense", width, width, new Init.Zeros(), spec.attentionBias()));
        Params mlp = layer.at("mlp");
        var feedForward = new Mlp(
                mlp.biased("dense_h_to_4h", width, spec.hiddenWidth()),
                spec.activation(),
                mlp.biased("dense_4h_to_h", spec.hiddenWidth(), width, new Init.Zeros()));
        return spec.parallel()
                ? new ParallelBlock(attentionNorm, attention, feedForwardNorm, feedForward)
                : new PreNormBlock(attentionNorm, attention, feedForwardNorm, feedForward);
    }

    /// x + attention(norm₁(x)) + feed-forward(norm₂(x)) (Wang & Komatsuzaki 2021, GPT-J).
    private record ParallelBlock(Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward)
            implements Block {
        @Override
        public Tensor forward(Tensor x, Scores scores, Pass pass) {
            Tensor attended = attention.forward(attentionNorm.forward(x, pass.form()), scores, pass);
            Tensor fed = feedForward.forward(feedForwardNorm.forward(x, pass.form()), pass);
            return x.add(attended).add(fed);
        }
    }
}
