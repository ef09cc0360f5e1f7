package dev.cortado.model.mixing;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Differentiable;
import dev.cortado.tensor.InPlace;
import dev.cortado.tensor.Order;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Softmax attention approximated in linear time: FAVOR+, Performer (Choromanski et al. 2020, arXiv:2009.14794).
///
/// exp(q·k) is the expectation of φ(q)·φ(k) with positive features φ(x) = exp(Wx − ‖x‖²/2)/√m of random directions W
/// (lemma 1), here with q and k divided by ⁴√C, which makes softmax's 1/√C. Then Σₛ φ(q)·φ(kₛ) vₛ = φ(q)·Σₛ φ(kₛ)vₛᵀ,
/// and the sum over s is made once for all queries. Directions are orthogonal in blocks of C (section 2.4), which
/// lowers the variance. The error falls as 1/√m.
///
/// Stabilisers: features are divided by the largest one of their token, e^c. For a query that cancels; the e^c of
/// keys comes back as their weight, relative to the largest c among the keys the query sees. So nothing overflows,
/// and a causal result owes not even its rounding to later tokens. All sums are in F32.
public final class PerformerAttention implements Mixer {
    /// Added to features, whose largest is 1, so that no query is orthogonal to all keys.
    static final double FLOOR = 1e-8;

    /// The logarithm of the features of padding: below every other, and yet finite.
    private static final double LOWEST = -1e30;

    /// Tokens within which the causal form compares each with each.
    private static final int CHUNK = 128;

    private final double[][] directions; // W [m, C]
    private final boolean causal;
    private final int chunk;

    /// @param features m, random features of a head
    /// @param headDim  channels of a head, C
    /// @param seed     of the features: they are not learned
    public PerformerAttention(int features, int headDim, long seed, boolean causal) {
        this(features, headDim, seed, causal, CHUNK);
    }

    PerformerAttention(int features, int headDim, long seed, boolean causal, int chunk) {
        this.directions = directions(features, headDim, new SplittableRandom(seed));
        this.causal = causal;
        this.chunk = chunk;
    }

    @Override
    public Tensor mix(Tensor q, Tensor k, Tensor v) {
        Heads.require(q, k, v);
        Features queries = features(q);
        Features keys = features(k);
        Tensor grouped = Heads.grouped(queries.relative(), k.size(1)); // [B, K, G, T, m]
        // A column of ones beside the values turns into the sum of the weights.
        Tensor wide = v.to(Heads.wide(v.dtype()));
        Tensor values = Tensors.cat(List.of(wide, ones(wide)), -1); // [B, K, S, C + 1]
        Tensor sums = causal
                ? causal(grouped, keys, values, Math.min(chunk, q.size(2)))
                : everything(grouped, keys, values); // [B, K, G, T, C + 1]
        long width = v.size(3);
        Tensor mean = sums.slice(-1, 0, width).div(sums.slice(-1, width));
        return Heads.merged(mean).to(q.dtype());
    }

    /// @param relative each token's features over their largest, plus [#FLOOR]: [.., T, m]
    /// @param largest  c, the logarithm of that largest one, a constant: [.., T, 1]
    private record Features(Tensor relative, Tensor largest) {}

    private Features features(Tensor x) {
        Tensor scaled = x.to(Heads.wide(x.dtype())).mul(Math.pow((double) x.size(3), -0.25));
        Tensor w = matrix(directions, scaled.dtype(), x.device());
        Tensor logs =
                scaled.matmul(w.transpose(0, 1)).sub(scaled.square().sum(-1).mul(0.5));
        Tensor largest = Order.max(logs.detach(), -1);
        return new Features(logs.sub(largest).exp().add(FLOOR), largest);
    }

    /// φ(q)·(φ(K)ᵀ·V) (equation 4).
    private static Tensor everything(Tensor queries, Features keys, Tensor values) {
        Tensor weight = keys.largest().sub(Order.max(keys.largest(), 2)).exp(); // [B, K, S, 1]
        Tensor sum = keys.relative().transpose(2, 3).matmul(values.mul(weight)); // [B, K, m, C + 1]
        return queries.flatten(2, 3).matmul(sum).reshape(withLast(queries.shape(), values.size(3)));
    }

    /// The prefix sums of appendix B.1 in chunks: within its own chunk a token is compared with each before it,
    /// all chunks before are one matrix φ(K)ᵀ·V. With M the largest c up to a token, and P that of all chunks
    /// before, the sums of a token are Σ φ(q)·φ(k)·e^(c−M)·v over its chunk plus e^(P−M) φ(q)·state, and the
    /// state is in units of e^P.
    private static Tensor causal(Tensor queries, Features keys, Tensor values, long chunk) {
        long tokens = queries.size(3);
        long group = queries.size(2);
        Tensor q = chunked(queries, 3, chunk, 0).transpose(2, 3).flatten(3, 4); // [B, K, n, G·c, m]
        Tensor k = chunked(keys.relative(), 2, chunk, 0); // [B, K, n, c, m]
        Tensor v = chunked(values, 2, chunk, 0); // [B, K, n, c, C + 1]
        Tensor c = chunked(keys.largest(), 2, chunk, LOWEST); // [B, K, n, c, 1]
        Tensor m = Order.runningMax(c.flatten(2, 3), 2).reshape(c.shape().sizes()); // M
        Tensor end = m.slice(3, chunk - 1); // M of each chunk's last token [B, K, n, 1, 1]
        Tensor begin = m.slice(2, 0, 1).slice(3, 0, 1); // of no consequence: the first state is 0
        Tensor before = Tensors.cat(List.of(begin, end.slice(2, 0, end.size(2) - 1)), 2); // P

        Tensor states = prefixSums(
                k.transpose(3, 4).matmul(v.mul(c.sub(end).exp())),
                before.sub(end).exp()); // [B, K, n, m, C + 1]
        Tensor earlier =
                ungrouped(q.matmul(states), group).mul(before.sub(m).exp().unsqueeze(3));

        Tensor row = Tensors.range(0, chunk, c.device());
        Tensor future = row.gt(row.unsqueeze(1)); // [c, c]
        Tensor weights = c.transpose(3, 4)
                .sub(m)
                .maskedFill(future, Double.NEGATIVE_INFINITY)
                .exp()
                .unsqueeze(3);
        Tensor alike = ungrouped(q.matmul(k.transpose(3, 4)), group).mul(weights); // [B, K, n, G, c, c]
        Tensor own = ungrouped(alike.flatten(3, 4).matmul(v), group); // [B, K, n, G, c, C + 1]
        return own.add(earlier).transpose(2, 3).flatten(3, 4).slice(3, 0, tokens);
    }

    /// state₀ = 0, stateᵢ₊₁ = decayᵢ·stateᵢ + xᵢ over dimension 2; what the last x adds is not wanted.
    /// x [B, K, n, m, N], decay [B, K, n, 1, 1], a constant.
    private static Tensor prefixSums(Tensor x, Tensor decay) {
        long last = x.size(2) - 1;
        return Differentiable.of(
                "prefixSums",
                x,
                () -> {
                    Tensor states = Tensors.zeros(x.shape(), x.dtype(), x.device());
                    for (long i = 0; i < last; i++) {
                        step(states, i, i + 1, decay, x);
                    }
                    return states;
                },
                dStates -> { // dxᵢ = dstateᵢ₊₁ + decayᵢ₊₁·dxᵢ₊₁
                    Tensor dx = Tensors.zeros(x.shape(), x.dtype(), x.device());
                    for (long i = last; i > 0; i--) {
                        step(dx, i, i - 1, decay, dStates);
                    }
                    return dx;
                });
    }

    /// sumsⱼ ← decayᵢ·sumsᵢ + xᵢ.
    private static void step(Tensor sums, long i, long j, Tensor decay, Tensor x) {
        try (var _ = Scope.open("prefix sum")) {
            Tensor sum = sums.select(2, j).copyInPlace(sums.select(2, i));
            InPlace.mul(sum, decay.select(2, i)).addInPlace(x.select(2, i));
        }
    }

    /// A dimension of tokens, filled up by a number, cut into chunks: two dimensions n and c in its place.
    private static Tensor chunked(Tensor x, int dim, long chunk, double filling) {
        long[] sizes = x.shape().sizes();
        long chunks = Math.ceilDiv(sizes[dim], chunk);
        sizes[dim] = chunks * chunk - sizes[dim];
        Tensor rest = Tensors.filled(Shape.of(sizes), filling, x.dtype(), x.device());
        List<Long> cut = new ArrayList<>(Arrays.stream(sizes).boxed().toList());
        cut.set(dim, chunk);
        cut.add(dim, chunks);
        return Tensors.cat(List.of(x, rest), dim)
                .reshape(cut.stream().mapToLong(Long::longValue).toArray());
    }

    /// [B, K, n, G·c, N] → [B, K, n, G, c, N].
    private static Tensor ungrouped(Tensor x, long group) {
        return x.reshape(x.size(0), x.size(1), x.size(2), group, x.size(3) / group, x.size(4));
    }

    private static Tensor ones(Tensor like) {
        return Tensors.ones(Shape.of(withLast(like.shape(), 1)), like.dtype(), like.device());
    }

    private static long[] withLast(Shape shape, long size) {
        long[] sizes = shape.sizes();
        sizes[sizes.length - 1] = size;
        return sizes;
    }

    private static Tensor matrix(double[][] rows, DType dtype, Device device) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return Tensors.of(flat, rows.length, rows[0].length).to(dtype).to(device);
    }

    /// m directions of `width` channels, each as long as a normally distributed vector; orthogonal in blocks of
    /// `width`, by Gram and Schmidt.
    static double[][] directions(int count, int width, RandomGenerator random) {
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++) {
            double[] row = normal(width, random);
            for (int j = i - i % width; j < i; j++) {
                double along = dot(row, rows[j]) / dot(rows[j], rows[j]);
                for (int c = 0; c < width; c++) {
                    row[c] -= along * rows[j][c];
                }
            }
            double[] another = normal(width, random);
            double length = Math.sqrt(dot(another, another) / dot(row, row));
            for (int c = 0; c < width; c++) {
                row[c] = (float) (row[c] * length);
            }
            rows[i] = row;
        }
        return rows;
    }

    private static double[] normal(int count, RandomGenerator random) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, _ -> random.nextGaussian());
        return numbers;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
