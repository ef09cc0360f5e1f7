package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
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
        implements SizedSpec {
    /// Which projections have biases.
    ///
    /// @param attention   those to queries, keys and values, and from the heads back
    /// @param feedForward those of the feed-forward layers
    public record Biases(boolean attention, boolean feedForward) {}

    public LlamaSpec {
        new DecoderSizes(vocabSize, contextLength, width, layers, heads, kvHeads, headDim, normEpsilon, tiedHead);
        Numbers.positive("hiddenWidth", hiddenWidth);
        Rotary.of(headDim, ropeTheta).with(ropeScaling);
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

    @Override
    public DecoderSizes sizes() {
        return new DecoderSizes(
                vocabSize, contextLength, width, layers, heads, kvHeads, headDim, normEpsilon, tiedHead);
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
}
