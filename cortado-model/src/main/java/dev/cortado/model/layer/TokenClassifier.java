package dev.cortado.model.layer;

import dev.cortado.model.EncoderHead;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Tensor;

/// Which class each token is of.
public record TokenClassifier(Projection classes) implements EncoderHead.PerToken {
    @Override
    public Tensor apply(Tensor hidden) {
        return classes.apply(hidden);
    }
}
