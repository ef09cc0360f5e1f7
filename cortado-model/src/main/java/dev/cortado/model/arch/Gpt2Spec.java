package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Gpt2].
///
/// @param contextLength positions there are vectors for: no text can be longer
/// @param heads         attention heads; divides `width`
/// @param hiddenWidth   width of the feed-forward layer
/// @param scaledByRoot  whether scores are divided by √C, as they should be
/// @param scaledByDepth whether the scores of layer i = 1, 2, … are also divided by i (Mistral's stable GPT-2)
/// @param tiedHead      whether the output projection is the embedding
public record Gpt2Spec(
        int vocabSize,
        int contextLength,
        int width,
        int layers,
        int heads,
        int hiddenWidth,
        Activation activation,
        double normEpsilon,
        boolean scaledByRoot,
        boolean scaledByDepth,
        boolean tiedHead)
        implements ModelSpec {
    public Gpt2Spec {
        Numbers.positive("vocabSize", vocabSize);
        Numbers.positive("contextLength", contextLength);
        Numbers.heads(width, heads);
        Numbers.positive("layers", layers);
        Numbers.positive("hiddenWidth", hiddenWidth);
        Numbers.positive("normEpsilon", normEpsilon);
    }

    /// Channels per head.
    public int headDim() {
        return width / heads;
    }

    @Override
    public String architecture() {
        return "GPT2LMHeadModel";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Gpt2.of(this, params, device);
    }

    @Override
    public boolean boundedContext() {
        return true;
    }

    @Override
    public ObjectNode config() {
        return Gpt2Config.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of(
                "transformer.",
                "lm_head\\.weight",
                "(.*\\.)?h\\.\\d+\\.attn\\.(bias|masked_bias)",
                "(score|v_head|multiple_choice_head|classifier|qa_outputs)\\..*");
    }
}
