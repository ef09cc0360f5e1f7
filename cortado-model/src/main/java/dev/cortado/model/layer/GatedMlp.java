package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Tensor;

/// Feed-forward layer with a gate: W₂(activation(W₁x) ⊙ W₃x) (Shazeer 2020, arXiv:2002.05202); with SiLU it is
/// SwiGLU, with GELU GeGLU.
public record GatedMlp(Projection gate, Projection up, Activation activation, Projection down) implements FeedForward {
    /// `gate_proj`, `up_proj` and `down_proj`, all without bias or all with one.
    public static GatedMlp of(Params params, int width, int hiddenWidth, Activation activation, boolean bias) {
        return new GatedMlp(
                params.projection("gate_proj", width, hiddenWidth, Init.fanIn(width), bias),
                params.projection("up_proj", width, hiddenWidth, Init.fanIn(width), bias),
                activation,
                params.projection("down_proj", hiddenWidth, width, new Init.Zeros(), bias));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor gated = gate.apply(x); // [.., F]
        Tensor raised = up.apply(x); // [.., F]
        return down.apply(
                activation == Activation.SILU && pass.form() == ComputeForm.FUSED
                        ? Fused.swiGlu(gated, raised)
                        : activation.apply(gated).mul(raised));
    }
}
