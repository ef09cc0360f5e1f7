package dev.cortado.model.layer;

import dev.cortado.model.Pooler;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Tensor;

/// activation(W·h₀) of the first token, which stands for its text: `[CLS]` or `<s>` (Devlin et al. 2018,
/// arXiv:1810.04805, section 3).
public record FirstToken(Projection dense, Activation activation) implements Pooler {
    @Override
    public Tensor pool(Tensor hidden) {
        return activation.apply(dense.apply(hidden.select(1, 0)));
    }
}
