package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of an [Opt].
///
/// @param contextLength  positions there are vectors for: no text can be longer
/// @param embeddingWidth width of the embedding; where it is not `width`, projections stand between
/// @param heads          attention heads; divides `width`
/// @param hiddenWidth    width of the feed-forward layer
/// @param normFirst      whether a sub-layer's input is normalised, or, as in the model of 350 M parameters, its
///                       output
/// @param finalNorm      whether the last block's output is normalised; only where `normFirst`
/// @param bias           whether linear maps of the blocks have biases
/// @param affineNorms    whether norms have weights and biases
/// @param tiedHead       whether the output projection is the embedding
public record OptSpec(
        int vocabSize,
        int contextLength,
        int width,
        int embeddingWidth,
        int layers,
        int heads,
        int hiddenWidth,
        Activation activation,
        boolean normFirst,
        boolean finalNorm,
        boolean bias,
        boolean affineNorms,
        boolean tiedHead)
        implements ModelSpec {
    public OptSpec {
        Numbers.positive("vocabSize", vocabSize);
        Numbers.positive("contextLength", contextLength);
        Numbers.heads(width, heads);
        Numbers.positive("embeddingWidth", embeddingWidth);
        Numbers.positive("layers", layers);
        Numbers.positive("hiddenWidth", hiddenWidth);
        Numbers.require(normFirst || !finalNorm, "a final norm wants norms before the sub-layers");
    }

    /// Channels per head.
    public int headDim() {
        return width / heads;
    }

    @Override
    public String architecture() {
        return "OPTForCausalLM";
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Opt.of(this, params, device);
    }

    @Override
    public boolean boundedContext() {
        return true;
    }

    @Override
    public ObjectNode config() {
        return OptConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return CheckpointNames.of(
                "model.",
                "lm_head\\.weight",
                "(model\\.)?decoder\\.version",
                // Without effect where the configuration takes the norm away.
                "(model\\.)?decoder\\.final_layer_norm\\.(weight|bias)",
                "(score|qa_outputs)\\..*");
    }
}
