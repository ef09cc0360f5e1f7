package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Init;
import dev.cortado.model.Params;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;

/// (x − mean)/√(variance + ε)·weight + bias over the last dimension (Ba et al. 2016, arXiv:1607.06450).
public final class LayerNorm implements Norm {
    private final Tensor weight; // [D]
    private final Tensor bias; // [D]
    private final double epsilon;

    public LayerNorm(Params params, int width, double epsilon) {
        this.weight = params.tensor("weight", Shape.of(width), new Init.Ones());
        this.bias = params.tensor("bias", Shape.of(width), new Init.Zeros());
        this.epsilon = epsilon;
    }

    @Override
    public Tensor forward(Tensor x, ComputeForm form) {
        return Nn.layerNorm(x, weight, bias, epsilon);
    }
}
