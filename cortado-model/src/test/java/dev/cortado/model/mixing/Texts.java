package dev.cortado.model.mixing;

import static dev.cortado.testkit.TensorAssert.assertTensor;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Gradients;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Random queries [B, H, T, C], keys and values [B, K, S, C], and what a naive reference makes of them head by head.
final class Texts {
    private final Sizes sizes;
    private final double[] q;
    private final double[] k;
    private final double[] v;

    Texts(Sizes sizes, double[] q, double[] k, double[] v) {
        this.sizes = sizes;
        this.q = q;
        this.k = k;
        this.v = v;
    }

    Sizes sizes() {
        return sizes;
    }

    /// The same values for other queries, which are the keys, too: so many times the old ones.
    Texts scaled(double factor) {
        double[] other = Arrays.stream(q).map(x -> factor * x).toArray();
        return new Texts(sizes, other, other, v);
    }

    record Sizes(int batch, int heads, int kvHeads, int tokens, int seen, int width) {
        /// Some with more than one row, group and token; the last may be no multiple of anything.
        static Sizes random(RandomGenerator random, int mostTokens) {
            int kvHeads = random.nextInt(1, 3);
            int tokens = random.nextInt(1, mostTokens + 1);
            return new Sizes(
                    random.nextInt(1, 3),
                    kvHeads * random.nextInt(1, 3),
                    kvHeads,
                    tokens,
                    tokens,
                    2 * random.nextInt(1, 3));
        }

        /// As many keys as queries.
        static Sizes of(int batch, int heads, int kvHeads, int tokens, int width) {
            return new Sizes(batch, heads, kvHeads, tokens, tokens, width);
        }

        int queries() {
            return batch * heads * tokens * width;
        }

        int keys() {
            return batch * kvHeads * seen * width;
        }
    }

    /// One head: q [T, C], k and v [S, C] → [T, C].
    @FunctionalInterface
    interface Head {
        double[][] mix(int row, double[][] q, double[][] k, double[][] v);
    }

    static Texts random(RandomGenerator random, Sizes sizes) {
        return new Texts(
                sizes,
                Doubles.normal(random, sizes.queries()),
                Doubles.normal(random, sizes.keys()),
                Doubles.normal(random, sizes.keys()));
    }

    /// Leaves of a graph.
    Tensor queries(DType dtype) {
        return leaf(q, dtype, sizes.heads(), sizes.tokens());
    }

    Tensor keys(DType dtype) {
        return leaf(k, dtype, sizes.kvHeads(), sizes.seen());
    }

    Tensor values(DType dtype) {
        return leaf(v, dtype, sizes.kvHeads(), sizes.seen());
    }

    private Tensor leaf(double[] elements, DType dtype, long heads, long tokens) {
        return Doubles.tensor(elements, dtype, sizes.batch(), heads, tokens, sizes.width())
                .requiresGrad(true);
    }

    Tensor mixed(Mixer mixer, DType dtype) {
        return mixer.mix(queries(dtype), keys(dtype), values(dtype));
    }

    double[] naive(Head head) {
        double[] all = new double[sizes.queries()];
        int of = sizes.tokens() * sizes.width();
        for (int i = 0; i < sizes.batch() * sizes.heads(); i++) {
            int row = i / sizes.heads();
            int kvHead = row * sizes.kvHeads() + i % sizes.heads() / (sizes.heads() / sizes.kvHeads());
            int ofKeys = sizes.seen() * sizes.width();
            double[][] mixed = head.mix(row, part(q, i, of), part(k, kvHead, ofKeys), part(v, kvHead, ofKeys));
            System.arraycopy(Doubles.flat(mixed), 0, all, i * of, of);
        }
        return all;
    }

    private double[][] part(double[] all, int number, int size) {
        return Doubles.rows(Arrays.copyOfRange(all, number * size, (number + 1) * size), sizes.width());
    }

    /// Fails unless values and gradients in F64 are those of the reference and of its central differences, and
    /// values in F32 and BF16 are as near as those can be.
    void check(Mixer mixer, Head naive, RandomGenerator random) {
        double[] expected = naive(naive);
        assertTensor(mixed(mixer, DType.F32)).hasDtype(DType.F32).isCloseTo(expected, 1e-5, 1e-5);
        assertTensor(mixed(mixer, DType.F64)).hasDtype(DType.F64).isCloseTo(expected, 1e-6, 1e-6);
        double[] upstream = Doubles.normal(random, sizes.queries());
        Tensor tq = queries(DType.F64);
        Tensor tk = keys(DType.F64);
        Tensor tv = values(DType.F64);
        Tensor y = mixer.mix(tq, tk, tv);
        y.backward(Doubles.tensor(upstream, DType.F64, y.shape().sizes()));
        double[] numeric = Gradients.numeric(
                x -> {
                    double[] mixed = new Texts(
                                    sizes,
                                    Arrays.copyOfRange(x, 0, q.length),
                                    Arrays.copyOfRange(x, q.length, q.length + k.length),
                                    Arrays.copyOfRange(x, q.length + k.length, x.length))
                            .naive(naive);
                    double sum = 0;
                    for (int i = 0; i < mixed.length; i++) {
                        sum += mixed[i] * upstream[i];
                    }
                    return sum;
                },
                joined(q, k, v),
                1e-5);
        assertTensor(tq.grad().orElseThrow()).isCloseTo(Arrays.copyOfRange(numeric, 0, q.length), 1e-5, 1e-5);
        // Where queries are the keys, nothing asks for gradients of keys.
        double[] ofKeys = tk.grad().map(Doubles::of).orElseGet(() -> new double[k.length]);
        assertTensor(Doubles.tensor(ofKeys, DType.F64, k.length))
                .isCloseTo(Arrays.copyOfRange(numeric, q.length, q.length + k.length), 1e-5, 1e-5);
        assertTensor(tv.grad().orElseThrow())
                .isCloseTo(Arrays.copyOfRange(numeric, q.length + k.length, numeric.length), 1e-5, 1e-5);
    }

    /// Fails unless BF16 values and gradients are those of F32 up to BF16's three digits.
    void checkNarrow(Mixer mixer, double atol) {
        Texts rounded = new Texts(sizes, rounded(q), rounded(k), rounded(v));
        Tensor[] narrow = rounded.valueAndGradients(mixer, DType.BF16);
        Tensor[] wide = rounded.valueAndGradients(mixer, DType.F32);
        for (int i = 0; i < narrow.length; i++) {
            assertTensor(narrow[i]).hasDtype(DType.BF16).isCloseTo(wide[i], atol, 0.02);
        }
    }

    private static double[] rounded(double[] numbers) {
        return Doubles.of(Doubles.tensor(numbers, DType.BF16, numbers.length));
    }

    Tensor[] valueAndGradients(Mixer mixer, DType dtype) {
        Tensor tq = queries(dtype);
        Tensor tv = values(dtype);
        Tensor y = mixer.mix(tq, keys(dtype), tv);
        y.backward(y.detach());
        return new Tensor[] {y.detach(), tq.grad().orElseThrow(), tv.grad().orElseThrow()};
    }

    /// Fails unless tokens before `from` get the same when those from it on are others.
    void checkBlind(Mixer mixer, RandomGenerator random, double atol) {
        int from = random.nextInt(1, sizes.tokens() + 1);
        Texts other = new Texts(sizes, changed(q, from, random), changed(k, from, random), changed(v, from, random));
        Tensor before = mixed(mixer, DType.F32).slice(2, 0, from);
        assertTensor(other.mixed(mixer, DType.F32).slice(2, 0, from)).isCloseTo(before, atol, 0);
    }

    private double[] changed(double[] all, int from, RandomGenerator random) {
        double[] other = all.clone();
        for (int i = 0; i < other.length; i++) {
            if (i / sizes.width() % sizes.tokens() >= from) {
                other[i] = 3 * random.nextGaussian();
            }
        }
        return other;
    }

    private static double[] joined(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
    }
}
