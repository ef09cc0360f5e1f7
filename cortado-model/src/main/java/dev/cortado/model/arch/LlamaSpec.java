package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Llama].
///
/// @param heads       query heads
/// @param kvHeads     key/value heads; divides `heads`
/// @param headDim     channels per head, even
/// @param hiddenWidth width of the feed-forward layer
/// @param ropeTheta   base of the rotary frequencies
/// @param tiedHead    whether the output projection is the embedding
/// @param ropeScaling how frequencies are changed for long texts
/// @param biases      which projections have biases
public record LlamaSpec(
        int vocabSize,
        int contextLength,
        int width,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int hiddenWidth,
        double normEpsilon,
        double ropeTheta,
        boolean tiedHead,
        RopeScaling ropeScaling,
        Biases biases)
        implements ModelSpec {
    /// Which projections have biases.
    ///
    /// @param attention   those to queries, keys and values, and from the heads back
    /// @param feedForward those of the feed-forward layers
    public record Biases(boolean attention, boolean feedForward) {}

    public LlamaSpec {
        require(vocabSize > 0, "vocabSize " + vocabSize + " is not positive");
        require(contextLength > 0, "contextLength " + contextLength + " is not positive");
        require(layers > 0, "layers " + layers + " is not positive");
        require(
                width > 0 && hiddenWidth > 0,
                "width " + width + " and hiddenWidth " + hiddenWidth + " must be positive");
        require(
                heads > 0 && kvHeads > 0 && heads % kvHeads == 0,
                "heads " + heads + " is not divisible by kvHeads " + kvHeads);
        require(headDim > 0 && headDim % 2 == 0, "headDim " + headDim + " is not a positive even number");
        require(normEpsilon > 0 && ropeTheta > 0, "normEpsilon and ropeTheta must be positive");
        ropeScaling.requireFits(headDim);
    }

    /// As published: positions as they are, no biases.
    public LlamaSpec(
            int vocabSize,
            int contextLength,
            int width,
            int layers,
            int heads,
            int kvHeads,
            int headDim,
            int hiddenWidth,
            double normEpsilon,
            double ropeTheta,
            boolean tiedHead) {
        this(
                vocabSize,
                contextLength,
                width,
                layers,
                heads,
                kvHeads,
                headDim,
                hiddenWidth,
                normEpsilon,
                ropeTheta,
                tiedHead,
                new RopeScaling.None(),
                new Biases(false, false));
    }

    /// How queries and keys are turned.
    public Rotary rotary() {
        return Rotary.of(headDim, ropeTheta).with(ropeScaling);
    }

    @Override
    public String architecture() {
        return "LlamaForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Llama.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return LlamaConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return tiedHead ? CheckpointNames.of("model.", "lm_head\\.weight") : CheckpointNames.of("model.");
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
