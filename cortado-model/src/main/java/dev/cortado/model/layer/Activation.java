package dev.cortado.model.layer;

import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;

/// The nonlinearity of a feed-forward layer.
public enum Activation {
    RELU,
    /// x·Φ(x), exactly (Hendrycks & Gimpel 2016, arXiv:1606.08415).
    GELU,
    /// Its approximation by a hyperbolic tangent.
    GELU_TANH,
    /// x·sigmoid(1.702x), its other approximation.
    GELU_SIGMOID,
    /// x·sigmoid(x).
    SILU,
    TANH;

    /// x of any shape → the same shape.
    public Tensor apply(Tensor x) {
        return switch (this) {
            case RELU -> Nn.relu(x);
            case GELU -> Nn.gelu(x);
            case GELU_TANH -> Nn.geluTanh(x);
            case GELU_SIGMOID -> x.mul(x.mul(1.702).sigmoid());
            case SILU -> Nn.silu(x);
            case TANH -> Nn.tanh(x);
        };
    }
}
