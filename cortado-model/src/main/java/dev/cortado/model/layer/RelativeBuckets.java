package dev.cortado.model.layer;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Optional;

/// A learned score for each head and bucket of distances: near ones exact, far ones in steps that grow
/// logarithmically, all beyond a distance in one (T5: Raffel et al. 2020, arXiv:1910.10683, section 2.1).
///
/// @param table         [buckets, H]
/// @param bidirectional whether half of the buckets are for keys after the query
/// @param maxDistance   from which on all distances share a bucket
public record RelativeBuckets(Tensor table, boolean bidirectional, int maxDistance) implements Positions {
    @Override
    public Optional<Tensor> bias(Tensor queries, Tensor keys) {
        long[] q = queries.select(0, 0).toLongs();
        long[] k = keys.select(0, 0).toLongs();
        if (queries.size(0) != 1 || keys.size(0) != 1) {
            throw new IllegalArgumentException("relative buckets know whole and padded texts, not packed ones");
        }
        long[] buckets = new long[q.length * k.length];
        for (int i = 0; i < q.length; i++) {
            for (int j = 0; j < k.length; j++) {
                buckets[i * k.length + j] = bucket(k[j] - q[i]);
            }
        }
        Tensor index = Tensors.of(buckets, q.length, k.length).to(table.device());
        Tensor scores = Nn.embedding(table, index).to(DType.F32); // [T, S, H]
        return Optional.of(scores.permute(2, 0, 1).unsqueeze(0));
    }

    /// The bucket of a key this many tokens after the query.
    long bucket(long distance) {
        return bucket(distance, table.size(0), bidirectional, maxDistance);
    }

    /// The bucket, of so many, of a key this many tokens after the query.
    public static long bucket(long distance, long buckets, boolean bidirectional, int maxDistance) {
        long count = buckets;
        long first = 0;
        long far;
        if (bidirectional) {
            count /= 2;
            first = distance > 0 ? count : 0;
            far = Math.abs(distance);
        } else {
            far = Math.max(0, -distance);
        }
        long exact = count / 2;
        if (far < exact) {
            return first + far;
        }
        // Single precision throughout, as in the reference: at whole powers the floor depends on it.
        float growth = (float) Math.log((float) far / exact) / (float) Math.log((double) maxDistance / exact);
        long step = exact + (long) (growth * (count - exact));
        return first + Math.min(count - 1, step);
    }

    /// The shape of a table.
    public static Shape shape(int buckets, int heads) {
        return Shape.of(buckets, heads);
    }
}
