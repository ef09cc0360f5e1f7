package dev.cortado.model.arch;

import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Attention;
import dev.cortado.model.layer.AttentionShape;
import dev.cortado.model.layer.Block;
import dev.cortado.model.layer.CrossAttention;
import dev.cortado.model.layer.CrossBlock;
import dev.cortado.model.layer.FeedForward;
import dev.cortado.model.layer.HeadInputs;
import dev.cortado.model.layer.LayerNorm;
import dev.cortado.model.layer.Mlp;
import dev.cortado.model.layer.Norm;
import dev.cortado.model.layer.PostNormBlock;
import dev.cortado.model.layer.PreNormBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The blocks of a [Vaswani] and of its descendants, under the names that fairseq gave their parameters.
///
/// @param normFirst whether a sub-layer's input is normalised, or the sum of its input and output
record StackLayers(int width, StackSizes sizes, Activation activation, boolean normFirst, double normEpsilon) {
    AttentionShape shape() {
        return AttentionShape.of(sizes.heads(), width / sizes.heads());
    }

    /// The blocks of an encoder, `layers.0` and on.
    List<Block> reading(Params stack) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            Params layer = stack.at("layers").at(i);
            Attention self = attention(layer.at("self_attn"), i);
            Norm selfNorm = norm(layer.at("self_attn_layer_norm"));
            FeedForward feedForward = feedForward(layer);
            Norm feedForwardNorm = norm(layer.at("final_layer_norm"));
            blocks.add(
                    normFirst
                            ? new PreNormBlock(selfNorm, self, feedForwardNorm, feedForward)
                            : new PostNormBlock(self, selfNorm, feedForward, feedForwardNorm));
        }
        return blocks;
    }

    /// The blocks of a decoder, `layers.0` and on.
    List<CrossBlock> writing(Params stack) {
        List<CrossBlock> blocks = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            Params layer = stack.at("layers").at(i);
            Attention self = attention(layer.at("self_attn"), i);
            Norm selfNorm = norm(layer.at("self_attn_layer_norm"));
            CrossAttention cross = cross(layer.at("encoder_attn"));
            Norm crossNorm = norm(layer.at("encoder_attn_layer_norm"));
            FeedForward feedForward = feedForward(layer);
            Norm feedForwardNorm = norm(layer.at("final_layer_norm"));
            blocks.add(
                    normFirst
                            ? new CrossBlock.PreNorm(selfNorm, self, crossNorm, cross, feedForwardNorm, feedForward)
                            : new CrossBlock.PostNorm(self, selfNorm, cross, crossNorm, feedForward, feedForwardNorm));
        }
        return blocks;
    }

    /// The norm behind the last block, where there is none in it.
    Norm last(Params stack) {
        return normFirst ? norm(stack.at("layer_norm")) : (x, _) -> x;
    }

    Norm norm(Params params) {
        return new LayerNorm(params, width, normEpsilon);
    }

    private Attention attention(Params self, int layer) {
        var inputs = new HeadInputs.Separate(input(self, "q_proj"), input(self, "k_proj"), input(self, "v_proj"));
        return new Attention(layer, shape(), inputs, Optional.empty(), output(self));
    }

    private CrossAttention cross(Params cross) {
        return new CrossAttention(
                shape(), input(cross, "q_proj"), input(cross, "k_proj"), input(cross, "v_proj"), output(cross));
    }

    private Projection input(Params attention, String name) {
        return attention.biased(name, width, width);
    }

    private Projection output(Params attention) {
        return attention.biased("out_proj", width, width, new Init.Zeros());
    }

    private FeedForward feedForward(Params layer) {
        return new Mlp(
                layer.biased("fc1", width, sizes.hiddenWidth()),
                activation,
                layer.biased("fc2", sizes.hiddenWidth(), width, new Init.Zeros()));
    }
}
