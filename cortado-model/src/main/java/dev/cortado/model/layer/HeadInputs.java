package dev.cortado.model.layer;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Projection;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;

/// How queries, keys and values are made of an attention layer's input.
public sealed interface HeadInputs {
    /// x [B, T, D] → queries [B, T, H·C], keys and values [B, T, K·C].
    Parts of(Tensor x, AttentionShape shape);

    /// @param queries [B, T, H·C]
    /// @param keys    [B, T, K·C]
    /// @param values  [B, T, K·C]
    record Parts(Tensor queries, Tensor keys, Tensor values) {}

    /// One projection each.
    record Separate(Projection query, Projection key, Projection value) implements HeadInputs {
        @Override
        public Parts of(Tensor x, AttentionShape shape) {
            return new Parts(query.apply(x), key.apply(x), value.apply(x));
        }
    }

    /// Normed, then every number brought into ±bound (OLMo, arXiv:2402.00838).
    record Clipped(HeadInputs inputs, Attention.QueryKeyNorms norms, double bound) implements HeadInputs {
        @Override
        public Parts of(Tensor x, AttentionShape shape) {
            Parts free = inputs.of(x, shape);
            ComputeForm form = ComputeForm.fastest(x.device());
            return new Parts(
                    Nn.clamp(norms.query().overParts(free.queries(), form), bound),
                    Nn.clamp(norms.key().overParts(free.keys(), form), bound),
                    Nn.clamp(free.values(), bound));
        }
    }

    /// One projection to all queries, then all keys, then all values.
    record Joined(Projection all) implements HeadInputs {
        @Override
        public Parts of(Tensor x, AttentionShape shape) {
            Tensor joined = all.apply(x);
            long keys = shape.queryWidth();
            long values = keys + shape.keyWidth();
            return new Parts(joined.slice(-1, 0, keys), joined.slice(-1, keys, values), joined.slice(-1, values));
        }
    }

    /// One projection to query, key and value of the first head, then of the second, and so on.
    record PerHead(Projection all) implements HeadInputs {
        @Override
        public Parts of(Tensor x, AttentionShape shape) {
            Tensor split =
                    all.apply(x).reshape(x.size(0), x.size(1), shape.heads(), 3, shape.headDim()); // [B, T, H, 3, C]
            return new Parts(
                    split.select(3, 0).flatten(2),
                    split.select(3, 1).flatten(2),
                    split.select(3, 2).flatten(2));
        }
    }
}
