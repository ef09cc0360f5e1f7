package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;

/// x/√(mean(x²) + ε)·weight over the last dimension (Zhang & Sennrich 2019, arXiv:1910.07467).
public final class RmsNorm implements Norm {
    private final Tensor weight; // [D]
    private final double epsilon;

    public RmsNorm(Params params, int width, double epsilon) {
        this.weight = params.tensor("weight", Shape.of(width), new Init.Ones());
        this.epsilon = epsilon;
    }

    /// x [B, T, P·D], each of the P parts by itself.
    Tensor overParts(Tensor x, ComputeForm form) {
        return forward(x.reshape(x.size(0), x.size(1), -1, weight.count()), form)
                .flatten(2);
    }

    @Override
    public Tensor forward(Tensor x, ComputeForm form) {
        return switch (form) {
            case FUSED -> Fused.rmsNorm(x, weight, epsilon);
            case LIBRARY -> Nn.rmsNorm(x, weight, epsilon);
        };
    }
}
