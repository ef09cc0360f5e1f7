package dev.cortado.model.mixing;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Differentiable;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Order;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.List;
import java.util.SplittableRandom;

/// Each token with those that hash near it: the LSH attention of Reformer (Kitaev, Kaiser & Levskaya 2020,
/// arXiv:2001.04451, section 2). LSH attention only: blocks are not reversible here.
///
/// Queries and keys are shared: k = q/‖q‖, scores are q·k. In each round tokens hash to at least 2·T/chunk buckets,
/// are sorted by bucket and then by position, and cut into chunks; a token sees its own chunk and the one before,
/// whatever their buckets. It sees itself only when it sees nothing else. Rounds are joined as if each pair had been
/// seen once: by the sums of exponentials of each round, where a pair that N rounds found counts 1/N in each
/// (appendix A).
///
/// A bucket is a pair of hashes with f values each, f² ≥ 2·T/chunk, as in the authors' code for long texts: one hash
/// with that many values would cost T²/chunk.
///
/// **Causal** means that no later token's query or value flows into a result. But where chunks end depends on how
/// many tokens, later ones too, hash to buckets before: *which* earlier tokens are found may change with the rest of
/// the text, as in the paper.
public final class ReformerAttention implements Mixer {
    /// The score of a token with itself: nothing beside any other, all when alone.
    static final double SELF = -1e5;

    /// A bucket behind all others.
    private static final double BEHIND = 1L << 40;

    private final int chunk;
    private final int rounds;
    private final long seed;
    private final boolean causal;

    /// @param chunk  tokens of a chunk
    /// @param rounds how often to hash
    /// @param seed   of the hashes; give each layer its own
    public ReformerAttention(int chunk, int rounds, long seed, boolean causal) {
        if (chunk < 1 || rounds < 1) {
            throw new IllegalArgumentException(
                    "chunk is " + chunk + " and rounds is " + rounds + "; give numbers from 1 on");
        }
        this.chunk = chunk;
        this.rounds = rounds;
        this.seed = seed;
        this.causal = causal;
    }

    /// As [Mixer#mix], but q is read as keys, too, and `k` is not read: give q again.
    @Override
    public Tensor mix(Tensor q, Tensor k, Tensor v) {
        Heads.require(q, v, v);
        DType wide = Heads.wide(q.dtype());
        Sizes sizes = Sizes.of(q, chunk, rounds);
        Sorted sorted;
        Tensor bias;
        try (var _ = Grad.off()) {
            sorted = sort(q.detach().to(wide), sizes);
            bias = rounds == 1
                    ? Tensors.zeros(Shape.of(), wide, q.device())
                    : logCounts(sorted, sizes, wide).neg();
        }
        Tensor x = q.to(wide);
        Tensor normal = x.mul(x.square().sum(-1).add(1e-20).rsqrt()).to(q.dtype());
        Tensor queries = sorted.apply(q, sizes); // [B, H, R, n, c, C]
        Tensor keys = withPrevious(sorted.apply(normal, sizes)); // [B, H, R, n, 2c, C]
        Tensor values = withPrevious(sorted.apply(repeated(v, q.size(1)), sizes));
        Tensor scores = masked(queries.matmul(keys.transpose(4, 5)).to(wide).add(bias), sorted, sizes);
        Tensor logs = scores.logSumExp(-1).unsqueeze(-1); // z [B, H, R, n, c, 1]
        Tensor mixed = scores.sub(logs).exp().to(v.dtype()).matmul(values).to(wide);
        Tensor back = sorted.undo(Tensors.cat(List.of(mixed, logs), -1), sizes); // [B, H, R, P, C + 1]
        Tensor shares = back.slice(-1, q.size(3)).softmax(2); // e^(z − Σz) of each round
        Tensor joined = back.slice(-1, 0, q.size(3)).mul(shares).sum(2).squeeze(2);
        return joined.slice(2, 0, sizes.tokens()).to(q.dtype());
    }

    /// P tokens with those that fill up the last of n chunks of c.
    private record Sizes(long batch, long heads, long rounds, long tokens, long chunk, long chunks) {
        static Sizes of(Tensor q, long most, long rounds) {
            long chunk = Math.min(most, q.size(2));
            return new Sizes(q.size(0), q.size(1), rounds, q.size(2), chunk, Math.ceilDiv(q.size(2), chunk));
        }

        long padded() {
            return chunk * chunks;
        }

        /// f/2.
        long halfFactor() {
            return Math.ceilDiv((long) Math.ceil(Math.sqrt(2.0 * chunks)), 2);
        }

        /// x [B, H, R, P, N] or the same rows as [B, H, R, n, c, N].
        Tensor cut(Tensor x) {
            return x.reshape(batch, heads, rounds, chunks, chunk, -1);
        }

        Tensor rows(Tensor x) {
            return x.reshape(batch, heads, rounds, padded(), -1);
        }
    }

    /// The order of each round, as positions and as numbers of rows among all B·H·R·P.
    ///
    /// @param positions I64 [B, H, R, P]: the position of the token that stands here
    /// @param places    I64 [B, H, R, P]: where the token of this position stands
    /// @param forth     I64 [B·H·R·P]: the row to stand here
    /// @param back      I64 [B·H·R·P]: the inverse
    private record Sorted(Tensor positions, Tensor places, Tensor forth, Tensor back) {
        /// [B, H, T, C] in the order of each round: [B, H, R, n, c, C].
        Tensor apply(Tensor x, Sizes sizes) {
            Shape missing = Shape.of(sizes.batch(), sizes.heads(), sizes.padded() - sizes.tokens(), x.size(3));
            Tensor whole = Tensors.cat(List.of(x, Tensors.zeros(missing, x.dtype(), x.device())), 2);
            Tensor all =
                    whole.unsqueeze(2).expand(sizes.batch(), sizes.heads(), sizes.rounds(), sizes.padded(), x.size(3));
            return sizes.cut(permuted(all.reshape(-1, x.size(3)), forth, back));
        }

        /// [B, H, R, n, c, N] in the order of positions: [B, H, R, P, N].
        Tensor undo(Tensor x, Sizes sizes) {
            return sizes.rows(permuted(x.reshape(-1, x.size(-1)), back, forth));
        }

        /// The gradient of a permutation is the inverse permutation.
        private static Tensor permuted(Tensor rows, Tensor order, Tensor inverse) {
            return Differentiable.of(
                    "permuted", rows, () -> rows.indexSelect(0, order), dy -> dy.indexSelect(0, inverse));
        }
    }

    /// Padding sorts behind all buckets. q [B, H, T, C].
    private Sorted sort(Tensor q, Sizes sizes) {
        Device device = q.device();
        Tensor buckets = buckets(q, rotations(q.size(3), sizes.halfFactor(), q.dtype(), device)); // [B, H, R, T]
        Tensor behind = Tensors.filled(
                Shape.of(sizes.batch(), sizes.heads(), rounds, sizes.padded() - sizes.tokens()),
                BEHIND,
                DType.I64,
                device);
        Tensor positions = Order.argsort(Tensors.cat(List.of(buckets, behind), -1), -1);
        Tensor places = Order.argsort(positions, -1);
        Tensor first = Tensors.range(0, sizes.batch() * sizes.heads() * rounds * sizes.padded(), device)
                .reshape(sizes.batch(), sizes.heads(), rounds, sizes.padded())
                .slice(3, 0, 1); // row of position 0
        return new Sorted(
                positions,
                places,
                positions.add(first).reshape(-1),
                places.add(first).reshape(-1));
    }

    /// h(x) = argmax [xR; −xR] (section 2, "Locality sensitive hashing", after Andoni et al. 2015,
    /// arXiv:1509.02897), twice. x [B, H, T, C], rotations [C, R·2·f/2] → I64 [B, H, R, T].
    private Tensor buckets(Tensor x, Tensor rotations) {
        Tensor rotated = x.matmul(rotations).reshape(x.size(0), x.size(1), x.size(2), rounds, 2, -1);
        Tensor pair = Tensors.cat(List.of(rotated, rotated.neg()), -1).argmax(-1); // [B, H, T, R, 2]
        Tensor digits = Tensors.of(new long[] {2 * rotated.size(-1), 1}, 2).to(x.device());
        return pair.mul(digits).sum(-1).squeeze(-1).transpose(2, 3);
    }

    /// R of both hashes of all rounds side by side: [C, rounds·2·half].
    Tensor rotations(long width, long half, DType dtype, Device device) {
        return Tensors.normal(Shape.of(width, rounds * 2L * half), 0, 1, new SplittableRandom(seed))
                .to(dtype)
                .to(device);
    }

    /// −∞ for padding and, causally, for later tokens; [#SELF] for the token itself. scores [B, H, R, n, c, 2c].
    private Tensor masked(Tensor scores, Sorted sorted, Sizes sizes) {
        Tensor hidden;
        Tensor self;
        try (var _ = Grad.off()) {
            Tensor own = sizes.cut(sorted.positions().to(DType.I32)); // [B, H, R, n, c, 1]
            // What withPrevious puts before the first chunk, zeros, is not real either.
            Tensor notPadding = own.lt(Tensors.filled(Shape.of(), (double) sizes.tokens(), DType.I32, own.device()));
            Tensor real = withPrevious(notPadding.to(DType.I32)).transpose(4, 5).eq(1); // [B, H, R, n, 1, 2c]
            Tensor seen = withPrevious(own).transpose(4, 5); // [B, H, R, n, 1, 2c]
            Tensor ownColumn = Tensors.range(0, 2 * sizes.chunk(), own.device());
            Tensor diagonal = Tensors.range(sizes.chunk(), 2 * sizes.chunk(), own.device())
                    .unsqueeze(1);
            self = ownColumn.eq(diagonal); // [c, 2c]: padding, too, sees itself, so that all rows have a sum
            hidden = causal ? real.not().or(seen.gt(own)) : real.not();
        }
        return scores.maskedFill(hidden, Double.NEGATIVE_INFINITY).maskedFill(self, SELF);
    }

    /// log N of each pair: in how many rounds the second's chunk is the first's or the one before.
    private static Tensor logCounts(Sorted sorted, Sizes sizes, DType wide) {
        Tensor counts = Tensors.zeros(
                Shape.of(
                        sizes.batch(), sizes.heads(), sizes.rounds(), sizes.chunks(), sizes.chunk(), 2 * sizes.chunk()),
                wide,
                sorted.places().device());
        Device device = counts.device();
        Tensor chunkOfPlace = Tensors.range(0, sizes.chunks(), device)
                .to(wide)
                .unsqueeze(1)
                .expand(sizes.chunks(), sizes.chunk())
                .reshape(-1); // [P]
        Tensor chunks = chunkOfPlace
                .indexSelect(0, sorted.places().reshape(-1))
                .reshape(sorted.places().shape().sizes()); // of each position in each round [B, H, R, P]
        for (long round = 0; round < sizes.rounds(); round++) {
            try (var _ = Scope.open("round")) {
                Tensor there =
                        chunks.slice(2, round, round + 1).expand(chunks.shape().sizes());
                Tensor own = sizes.cut(there.gather(3, sorted.positions())); // [B, H, R, n, c, 1]
                Tensor ahead = own.sub(withPrevious(own).transpose(4, 5));
                counts.addInPlace(ahead.mul(ahead.add(-1)).eq(0).to(wide)); // 0 or 1 chunks ahead
            }
        }
        return counts.log();
    }

    /// Each chunk behind the one before it, the first behind zeros: [B, H, R, n, c, N] → [B, H, R, n, 2c, N].
    private static Tensor withPrevious(Tensor x) {
        Tensor before = Tensors.zeros(x.slice(3, 0, 1).shape(), x.dtype(), x.device());
        Tensor previous = Tensors.cat(List.of(before, x.slice(3, 0, x.size(3) - 1)), 3);
        return Tensors.cat(List.of(previous, x), 4);
    }

    /// Key/value heads repeated for the query heads of their group: [B, K, T, C] → [B, H, T, C].
    private static Tensor repeated(Tensor v, long heads) {
        long group = heads / v.size(1);
        return v.unsqueeze(2)
                .expand(v.size(0), v.size(1), group, v.size(2), v.size(3))
                .flatten(1, 2);
    }
}
