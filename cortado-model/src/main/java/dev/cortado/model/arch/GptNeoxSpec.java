package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [GptNeox].
///
/// @param heads         attention heads; divides `width`
/// @param hiddenWidth   width of the feed-forward layer
/// @param rotary        turns the first channels of each head
/// @param parallel      whether both sub-layers of a block read the block's input
/// @param attentionBias whether the linear maps around attention have biases
/// @param tiedHead      whether the output projection is the embedding
public record GptNeoxSpec(
        int vocabSize,
        int contextLength,
        int width,
        int layers,
        int heads,
        int hiddenWidth,
        Activation activation,
        double normEpsilon,
        Rotary rotary,
        boolean parallel,
        boolean attentionBias,
        boolean tiedHead)
        implements ModelSpec {
    public GptNeoxSpec {
        Numbers.positive("vocabSize", vocabSize);
        Numbers.positive("contextLength", contextLength);
        Numbers.heads(width, heads);
        Numbers.positive("layers", layers);
        Numbers.positive("hiddenWidth", hiddenWidth);
        Numbers.positive("normEpsilon", normEpsilon);
        Numbers.require(
                rotary.rotaryDim() <= width / heads,
                rotary.rotaryDim() + " channels are to turn in heads of " + width / heads);
        Numbers.require(
                rotary.pairing() == Rotary.Pairing.HALVES, "channels turn in halves, not with their neighbours");
    }

    /// Channels per head.
    public int headDim() {
        return width / heads;
    }

    @Override
    public String architecture() {
        return "GPTNeoXForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return GptNeox.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return GptNeoxConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of(
                "gpt_neox.",
                "embed_out\\.weight",
                "(.*\\.)?attention\\.(bias|masked_bias)",
                "(score|classifier|qa_outputs)\\..*");
    }
}
