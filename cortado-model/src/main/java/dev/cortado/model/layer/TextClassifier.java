package dev.cortado.model.layer;

import dev.cortado.model.EncoderHead;
import dev.cortado.model.Pooler;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Tensor;

/// Which class a text is of.
public record TextClassifier(Pooler pooler, Projection classes) implements EncoderHead.PerText {
    @Override
    public Tensor apply(Tensor hidden) {
        return classes.apply(pooler.pool(hidden));
    }
}
