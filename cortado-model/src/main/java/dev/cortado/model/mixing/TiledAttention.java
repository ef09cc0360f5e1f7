package dev.cortado.model.mixing;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Differentiable;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.InPlace;
import dev.cortado.tensor.OnlineSoftmax;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Exact attention in memory linear in the text: FlashAttention (Dao et al. 2022, arXiv:2205.14135; the order of
/// loops and the saved logarithm are those of FlashAttention-2, Dao 2023, arXiv:2307.08691, algorithms 1 and 2).
///
/// Scores are made tile by tile, [tile, tile] for each head, and used at once. The softmax over a row is kept
/// *online* (Milakov & Gimelshein 2018, arXiv:1805.02867): of the columns seen so far, the largest score m, the sum
/// l = Σ e^(s−m) and the unnormalised result o = Σ e^(s−m)·v; a new largest score shrinks l and o by e^(m−m′). Only
/// L = m + log l is saved, from which the backward pass makes any tile of weights again: P = e^(S−L).
///
/// Tiles that nobody sees are skipped, so a window costs time T·width. A token that sees nothing, because a text is
/// shorter than its window's beginning, gets 0.
public final class TiledAttention implements Mixer {
    /// Makes a sum that is 0, of a token that sees nothing, a divisor; is nothing beside any other sum, which is
    /// ≥ 1.
    private static final double TINY = 1e-30;

    private final Visibility visibility;
    private final int tile;

    /// @param tile tokens of a tile's side
    public TiledAttention(Visibility visibility, int tile) {
        if (tile < 1) {
            throw new IllegalArgumentException("tile is " + tile + "; give a number from 1 on");
        }
        this.visibility = visibility;
        this.tile = tile;
    }

    /// As [Mixer#mix]. k and v may have more tokens than q, S: then q's are the last ones.
    @Override
    public Tensor mix(Tensor q, Tensor k, Tensor v) {
        return attend(q, k, v, Optional.empty());
    }

    /// The same where in row b of the batch only the first `lengths[b]` keys are real, the others padding. I64
    /// [B].
    public Tensor mix(Tensor q, Tensor k, Tensor v, Tensor lengths) {
        return attend(q, k, v, Optional.of(lengths));
    }

    private Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> lengths) {
        Heads.require(q, k, v);
        var tiles = new Tiles(
                Heads.grouped(q.detach(), k.size(1)), k.detach(), v.detach(), visibility, tile, padding(lengths, k));
        Result result;
        try (var _ = Grad.off()) {
            result = tiles.forward();
        }
        return Differentiable.of(
                "tiledAttention",
                List.of(q, k, v),
                () -> Heads.merged(result.out()),
                dy -> tiles.backward(result, Heads.grouped(dy, k.size(1))));
    }

    private static Optional<Padding> padding(Optional<Tensor> lengths, Tensor k) {
        return lengths.map(each -> {
            long[] numbers = each.toLongs();
            if (numbers.length != k.size(0)) {
                throw new IllegalArgumentException(
                        "lengths " + each.describe() + " for keys " + k.describe() + ": wants one for each row");
            }
            return new Padding(
                    each.to(DType.I64).reshape(-1, 1, 1, 1, 1),
                    Arrays.stream(numbers).min().orElse(0),
                    Arrays.stream(numbers).max().orElse(0));
        });
    }

    /// @param lengths I64 [B, 1, 1, 1, 1]
    private record Padding(Tensor lengths, long shortest, long longest) {}

    /// @param out  [B, K, G, T, C]
    /// @param logs L, the logarithm of the sum of each row's exponentials: wide [B, K, G, T, 1]
    private record Result(Tensor out, Tensor logs) {}

    /// One run of tokens: rows of queries or columns of keys.
    private record Run(long from, long to) {
        long length() {
            return to - from;
        }
    }

    /// Both passes over one attention. q [B, K, G, T, C], k and v [B, K, S, C].
    private record Tiles(Tensor q, Tensor k, Tensor v, Visibility visibility, int tile, Optional<Padding> padding) {
        Result forward() {
            Tensor out = zeros(q.shape(), q.dtype());
            Tensor logs = zeros(Shape.of(q.size(0), q.size(1), q.size(2), q.size(3), 1), wide());
            for (long from = 0; from < q.size(3); from += tile) {
                Run rows = new Run(from, Math.min(q.size(3), from + tile));
                try (var _ = Scope.open("rows of tiles")) {
                    Tensor some = take(q, rows); // [B, K, G·t, C]
                    Tensor sum = zeros(some.shape(), wide()); // o
                    var softmax = OnlineSoftmax.begin(withSizeOne(some.shape()), wide(), q.device()); // m and l
                    forEachVisible(rows, columns -> {
                        Tensor weights = products(some, rows, columns); // [B, K, G·t, s]
                        Tensor shrink = softmax.add(weights, scale());
                        InPlace.mul(sum, shrink).addInPlace(product(weights.to(v.dtype()), columns(v, columns)));
                    });
                    Tensor mass = softmax.mass().addInPlace(TINY);
                    put(out, rows, sum.div(mass));
                    put(logs, rows, softmax.largest().add(mass.log()));
                }
            }
            return new Result(out, logs);
        }

        /// With P the weights and Δ = Σ dO·O of each row: dV = Pᵀ·dO, dS = P ⊙ (dO·Vᵀ − Δ), dQ = dS·K/√C,
        /// dK = dSᵀ·Q/√C.
        List<Tensor> backward(Result result, Tensor upstream) {
            Tensor dq = zeros(q.shape(), q.dtype());
            Tensor dk = zeros(k.shape(), wide());
            Tensor dv = zeros(v.shape(), wide());
            for (long from = 0; from < q.size(3); from += tile) {
                Run rows = new Run(from, Math.min(q.size(3), from + tile));
                try (var _ = Scope.open("rows of tiles")) {
                    Tensor some = take(q, rows);
                    Tensor dOut = take(upstream, rows); // [B, K, G·t, C]
                    Tensor delta = dOut.to(wide()).mul(take(result.out(), rows)).sum(-1); // [B, K, G·t, 1]
                    Tensor logs = take(result.logs(), rows);
                    Tensor dSome = zeros(some.shape(), wide());
                    forEachVisible(rows, columns -> {
                        Tensor weights = OnlineSoftmax.weights(products(some, rows, columns), scale(), logs);
                        columns(dv, columns)
                                .addInPlace(product(weights.to(v.dtype()).transpose(2, 3), dOut));
                        Tensor dScores = product(dOut, columns(v, columns).transpose(2, 3));
                        Tensor narrow = OnlineSoftmax.gradient(dScores, weights, delta, scale())
                                .to(q.dtype());
                        dSome.addInPlace(product(narrow, columns(k, columns)));
                        columns(dk, columns).addInPlace(product(narrow.transpose(2, 3), some));
                    });
                    put(dq, rows, dSome);
                }
            }
            return List.of(Heads.merged(dq), dk.to(k.dtype()), dv.to(v.dtype()));
        }

        private void forEachVisible(Run rows, Consumer<Run> work) {
            long end = visibility.end(own(rows.to() - 1), k.size(2));
            long last = padding.map(p -> Math.min(end, p.longest())).orElse(end);
            long first = Math.floorDiv(visibility.first(own(rows.from())), tile) * tile;
            for (long from = first; from < last; from += tile) {
                try (var _ = Scope.open("tile")) {
                    work.accept(new Run(from, Math.min(last, from + tile)));
                }
            }
        }

        /// q·kᵀ of a tile, wide; −∞ where a row does not see a column. [B, K, G·t, s].
        private Tensor products(Tensor some, Run rows, Run columns) {
            Tensor products = product(some, columns(k, columns).transpose(2, 3));
            boolean whole = columns.from() >= visibility.first(own(rows.to() - 1))
                    && columns.to() <= visibility.end(own(rows.from()), k.size(2));
            boolean real = padding.isEmpty() || columns.to() <= padding.get().shortest();
            if (whole && real) {
                return products;
            }
            Device device = q.device();
            Tensor seen = Tensors.range(columns.from(), columns.to(), device); // [s]
            Tensor mine =
                    Tensors.range(own(rows.from()), own(rows.to()), device).unsqueeze(1); // [t, 1]
            Tensor hidden = visibility.hidden(mine, seen);
            Tensor all =
                    real ? hidden : hidden.or(seen.lt(padding.get().lengths()).not()); // [B, 1, 1, t, s]
            InPlace.maskedFill(
                    products.reshape(q.size(0), q.size(1), q.size(2), rows.length(), columns.length()),
                    all,
                    Double.NEGATIVE_INFINITY);
            return products;
        }

        /// The column of a row's own key.
        private long own(long row) {
            return row + k.size(2) - q.size(3);
        }

        private double scale() {
            return 1 / Math.sqrt((double) q.size(4));
        }

        /// A matrix product whose result is kept wide.
        private Tensor product(Tensor a, Tensor b) {
            return a.matmul(b).to(wide());
        }

        /// Rows of [B, K, G, T, N], those of a group one below the other: [B, K, G·t, N].
        private static Tensor take(Tensor all, Run rows) {
            return all.slice(3, rows.from(), rows.to()).flatten(2, 3);
        }

        /// Overwrites them.
        private static void put(Tensor all, Run rows, Tensor some) {
            Tensor place = all.slice(3, rows.from(), rows.to());
            place.copyInPlace(some.reshape(place.shape().sizes()));
        }

        private static Tensor columns(Tensor all, Run columns) {
            return all.slice(2, columns.from(), columns.to());
        }

        private DType wide() {
            return Heads.wide(q.dtype());
        }

        private Tensor zeros(Shape shape, DType dtype) {
            return Tensors.zeros(shape, dtype, q.device());
        }

        private static Shape withSizeOne(Shape shape) {
            long[] sizes = shape.sizes();
            sizes[sizes.length - 1] = 1;
            return Shape.of(sizes);
        }
    }
}
