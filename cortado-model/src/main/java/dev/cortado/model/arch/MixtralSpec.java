package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Mixtral].
///
/// @param window tokens each token sees, itself among them; empty for all
public record MixtralSpec(DecoderSizes sizes, Rotary rotary, OptionalInt window, Experts experts) implements ModelSpec {
    @Override
    public String architecture() {
        return "MixtralForCausalLM";
    }

    @Override
    public int vocabSize() {
        return sizes.vocabSize();
    }

    @Override
    public int contextLength() {
        return sizes.contextLength();
    }

    @Override
    public int width() {
        return sizes.width();
    }

    @Override
    public int layers() {
        return sizes.layers();
    }

    @Override
    public double routerLoss() {
        return experts.routerLoss();
    }

    @Override
    public CausalLm build(Params params, Device device) {
        return Mixtral.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return MixtralConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return sizes.tiedHead() ? CheckpointNames.of("model.", "lm_head\\.weight") : CheckpointNames.of("model.");
    }
}
