package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;

/// x/√(mean(x²) + ε)·weight over the last dimension (Zhang & Sennrich 2019, arXiv:1910.07467).
public final class RmsNorm implements Norm {
    private final Tensor weight; // [D]
    private final double epsilon;
    private final boolean aroundOne;

    public RmsNorm(Params params, int width, double epsilon) {
        this(params.tensor("weight", Shape.of(width), new Init.Ones()), epsilon, false);
    }

    private RmsNorm(Tensor weight, double epsilon, boolean aroundOne) {
        this.weight = weight;
        this.epsilon = epsilon;
        this.aroundOne = aroundOne;
    }

    /// Multiplies with 1 + weight instead, as Gemma's do (arXiv:2403.08295; the authors' code).
    public static RmsNorm aroundOne(Params params, int width, double epsilon) {
        return new RmsNorm(params.tensor("weight", Shape.of(width), new Init.Zeros()), epsilon, true);
    }

    /// x [B, T, P·D], each of the P parts by itself.
    Tensor overParts(Tensor x, ComputeForm form) {
        return forward(x.reshape(x.size(0), x.size(1), -1, weight.count()), form)
                .flatten(2);
    }

    @Override
    public Tensor forward(Tensor x, ComputeForm form) {
        if (aroundOne) {
            Tensor factor = weight.add(1);
            return switch (form) {
                case FUSED -> Fused.rmsNorm(x, factor, epsilon);
                // In F32 to the end: the sum rounded to half precision would lose what is learned.
                case LIBRARY -> Nn.rmsNorm(x.to(DType.F32), factor, epsilon).to(x.dtype());
            };
        }
        return switch (form) {
            case FUSED -> Fused.rmsNorm(x, weight, epsilon);
            case LIBRARY -> Nn.rmsNorm(x, weight, epsilon);
        };
    }
}
