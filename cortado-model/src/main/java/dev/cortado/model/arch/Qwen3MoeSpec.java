package dev.cortado.model.arch;

import dev.cortado.model.CausalLm;
import dev.cortado.model.CheckpointNames;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import tools.jackson.databind.node.ObjectNode;

/// The numbers of a [Qwen3Moe].
///
/// @param windows which layers see a window only
/// @param bias    whether attention projections have biases
/// @param dense   layers without experts
public record Qwen3MoeSpec(
        DecoderSizes sizes, Rotary rotary, LateWindows windows, boolean bias, Experts experts, DenseLayers dense)
        implements ModelSpec {
    @Override
    public String architecture() {
        return "Qwen3MoeForCausalLM";
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
        return Qwen3Moe.of(this, params, device);
    }

    @Override
    public ObjectNode config() {
        return Qwen3MoeConfig.write(this);
    }

    @Override
    public CheckpointNames names() {
        return sizes.tiedHead() ? CheckpointNames.of("model.", "lm_head\\.weight") : CheckpointNames.of("model.");
    }
}
