package dev.cortado.model.layer;

import dev.cortado.model.Pass;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Tensor;

/// W₂·activation(W₁x) (Vaswani et al. 2017, arXiv:1706.03762).
public record Mlp(Projection up, Activation activation, Projection down) implements FeedForward {
    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return down.apply(activation.apply(up.apply(x)));
    }
}
