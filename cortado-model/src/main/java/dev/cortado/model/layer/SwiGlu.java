package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;

/// Feed-forward layer with a gate: W₂(silu(W₁x) ⊙ W₃x) (Shazeer 2020, arXiv:2002.05202).
public final class SwiGlu {
    private final Projection gate;
    private final Projection up;
    private final Projection down;

    public SwiGlu(Params params, int width, int hiddenWidth) {
        this.gate = params.projection("gate_proj", width, hiddenWidth);
        this.up = params.projection("up_proj", width, hiddenWidth);
        this.down = params.projection("down_proj", hiddenWidth, width, new Init.Zeros());
    }

    /// x [.., D] → [.., D].
    public Tensor forward(Tensor x, ComputeForm form) {
        Tensor gated = gate.apply(x); // [.., F]
        Tensor raised = up.apply(x); // [.., F]
        return down.apply(
                switch (form) {
                    case FUSED -> Fused.swiGlu(gated, raised);
                    case LIBRARY -> Nn.swiGlu(gated, raised);
                });
    }
}
