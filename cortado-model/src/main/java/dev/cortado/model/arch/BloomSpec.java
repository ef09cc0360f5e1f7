package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Bloom]. Its feed-forward layers are four times as wide as the model.
///
/// @param contextLength       tokens it was trained on at once; its positions have no end
/// @param heads               attention heads; divides `width`
/// @param residualsNormalised whether a sub-layer is added to its normalised input rather than to the input
/// @param tiedHead            whether the output projection is the embedding
public record BloomSpec(
        int vocabSize,
        int contextLength,
        int width,
        int layers,
        int heads,
        double normEpsilon,
        boolean residualsNormalised,
        boolean tiedHead)
        implements ModelSpec {
    public BloomSpec {
        Numbers.positive("vocabSize", vocabSize);
        Numbers.positive("contextLength", contextLength);
        Numbers.heads(width, heads);
        Numbers.positive("layers", layers);
        Numbers.positive("normEpsilon", normEpsilon);
    }

    /// Channels per head.
    public int headDim() {
        return width / heads;
    }

    @Override
    public String architecture() {
        return "BloomForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Bloom.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return BloomConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of(
                "transformer.",
                "lm_head\\.weight",
                "(.*\\.)?self_attention\\.scale_mask_softmax\\.causal_mask",
                "(score|classifier|qa_outputs)\\..*");
    }
}
