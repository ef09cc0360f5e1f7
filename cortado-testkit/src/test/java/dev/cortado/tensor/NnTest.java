package dev.cortado.tensor;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every function of [Nn] against [Naive], on random shapes.
@ExtendWith(StrictScopes.class)
class NnTest {
    private static final double ATOL = 2e-6;
    private static final double RTOL = 2e-5;

    private static Tensor normal(RandomGenerator random, long... sizes) {
        Shape shape = Shape.of(sizes);
        return Doubles.tensor(Doubles.normal(random, (int) shape.count()), DType.F32, sizes);
    }

    /// [.., H, T, C] of one row of a batch as arrays.
    private static double[][][] heads(Tensor x) { // [H, T, C]
        double[][] rows = Doubles.rows(x);
        int tokens = (int) x.size(1);
        double[][][] heads = new double[(int) x.size(0)][][];
        Arrays.setAll(heads, h -> Arrays.copyOfRange(rows, h * tokens, (h + 1) * tokens));
        return heads;
    }

    @Test
    void linear() {
        Seeds.repeat(10, random -> {
            Tensor x = normal(random, 2, 3, 5);
            Tensor weight = normal(random, 4, 5);
            assertTensor(Nn.linear(x, weight))
                    .hasShape(2, 3, 4)
                    .isCloseTo(Doubles.flat(Naive.linear(Doubles.rows(x), Doubles.rows(weight))), ATOL, RTOL);
        });
    }

    @Test
    void embedding() {
        Tensor weight = Tensors.of(new float[] {0, 1, 10, 11, 20, 21}, 3, 2);
        assertTensor(Nn.embedding(weight, Tensors.of(new int[] {2, 0, 2, 1}, 2, 2)))
                .hasShape(2, 2, 2)
                .isCloseTo(new double[] {20, 21, 0, 1, 20, 21, 10, 11}, 0, 0);
    }

    @Test
    void rmsNorm() {
        Seeds.repeat(10, random -> {
            Tensor x = normal(random, 2, 3, 8).mul(random.nextDouble(1e-3, 10));
            Tensor weight = normal(random, 8);
            double[] w = Doubles.of(weight);
            double[][] expected = Arrays.stream(Doubles.rows(x))
                    .map(row -> Naive.rmsNorm(row, w, 1e-5))
                    .toArray(double[][]::new);
            assertTensor(Nn.rmsNorm(x, weight, 1e-5)).hasShape(2, 3, 8).isCloseTo(Doubles.flat(expected), ATOL, RTOL);
            assertTensor(Nn.rmsNorm(x.to(DType.BF16), weight, 1e-5))
                    .hasDtype(DType.BF16)
                    .isCloseTo(Doubles.flat(expected), 0.02, 0.02);
        });
    }

    @Test
    void swiGlu() {
        Seeds.repeat(10, random -> {
            Tensor x = normal(random, 3, 4);
            Tensor gate = normal(random, 6, 4);
            Tensor up = normal(random, 6, 4);
            Tensor down = normal(random, 4, 6);
            double[][] expected =
                    Naive.swiGlu(Doubles.rows(x), Doubles.rows(gate), Doubles.rows(up), Doubles.rows(down));
            Tensor hidden = Nn.swiGlu(Nn.linear(x, gate), Nn.linear(x, up));
            assertTensor(Nn.linear(hidden, down)).isCloseTo(Doubles.flat(expected), 1e-5, RTOL);
        });
    }

    @Test
    void rotate() {
        Seeds.repeat(10, random -> {
            int tokens = random.nextInt(1, 5);
            int half = random.nextInt(1, 5);
            Tensor x = normal(random, 1, 2, tokens, 2L * half);
            double theta = random.nextDouble(2, 1e4);
            int[] positions = random.ints(tokens, 0, 500).toArray();
            double[] angles = new double[tokens * half];
            Arrays.setAll(angles, i -> positions[i / half] * Math.pow(theta, -2.0 * (i % half) / (2 * half)));
            Tensor cos = Doubles.tensor(Arrays.stream(angles).map(Math::cos).toArray(), DType.F32, 1, 1, tokens, half);
            Tensor sin = Doubles.tensor(Arrays.stream(angles).map(Math::sin).toArray(), DType.F32, 1, 1, tokens, half);
            double[][] rows = Doubles.rows(x);
            double[][] expected = new double[rows.length][];
            Arrays.setAll(expected, i -> Naive.rotary(rows[i], positions[i % tokens], theta));
            assertTensor(Nn.rotate(x, cos, sin))
                    .hasShape(1, 2, tokens, 2L * half)
                    .isCloseTo(Doubles.flat(expected), ATOL, RTOL);
        });
    }

    @Test
    void attentionOfTheLibrary() {
        Seeds.repeat(10, random -> {
            int kvHeads = random.nextInt(1, 3);
            int heads = kvHeads * random.nextInt(1, 4);
            int tokens = random.nextInt(1, 7);
            Tensor q = normal(random, 1, heads, tokens, 4);
            Tensor k = normal(random, 1, kvHeads, tokens, 4);
            Tensor v = normal(random, 1, kvHeads, tokens, 4);
            double[][][] expected = Naive.attention(
                    heads(q.select(0, 0)), heads(k.select(0, 0)), heads(v.select(0, 0)), new int[tokens]);
            double[] flat = Arrays.stream(expected)
                    .map(Doubles::flat)
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            assertTensor(Nn.scaledDotProduct(q, k, v, true)).isCloseTo(flat, ATOL, RTOL);
            Tensor order = Tensors.range(0, tokens, Device.CPU);
            Tensor mask = Tensors.zeros(Shape.of(1, 1, tokens, tokens), DType.F32, Device.CPU)
                    .maskedFill(order.unsqueeze(0).gt(order.unsqueeze(1)), Double.NEGATIVE_INFINITY);
            assertTensor(Nn.scaledDotProduct(q, k, v, mask)).isCloseTo(flat, ATOL, RTOL);
        });
    }

    @Test
    void softmaxOverAWindow() {
        Seeds.repeat(10, random -> {
            int kvHeads = random.nextInt(1, 3);
            int group = random.nextInt(1, 4);
            int tokens = random.nextInt(1, 6);
            int batch = 2;
            Tensor scores = normal(random, batch, kvHeads, (long) group * tokens, tokens);
            double scale = random.nextDouble(0.1, 2);
            long[] first = new long[batch * tokens];
            Arrays.setAll(first, i -> random.nextInt(i % tokens + 1));
            double[][] rows = Doubles.rows(scores);
            double[][] expected = new double[rows.length][];
            for (int r = 0; r < rows.length; r++) {
                double[] row = rows[r];
                int last = r % tokens;
                long from = first[r / (kvHeads * group * tokens) * tokens + last];
                Arrays.setAll(row, s -> s >= from && s <= last ? scale * row[s] : Double.NEGATIVE_INFINITY);
                expected[r] = Naive.softmax(row);
            }
            assertTensor(Nn.softmaxFrom(scores, scale, Tensors.of(first, batch, tokens)))
                    .hasShape(batch, kvHeads, (long) group * tokens, tokens)
                    .isCloseTo(Doubles.flat(expected), ATOL, RTOL);
        });
    }

    @Test
    void crossEntropy() {
        Seeds.repeat(10, random -> {
            Tensor logits = normal(random, 2, 3, 7).mul(4);
            long[] targets = random.longs(6, 0, 7).toArray();
            targets[random.nextInt(6)] = Nn.IGNORED;
            Tensor ids = Tensors.of(targets, 2, 3);
            double sum = Naive.crossEntropySum(Doubles.rows(logits), targets);
            assertThat(Nn.crossEntropySum(logits, ids).toDouble())
                    .isCloseTo(sum, org.assertj.core.api.Assertions.within(1e-4));
            assertThat(Nn.crossEntropy(logits, ids).toDouble())
                    .isCloseTo(sum / 5, org.assertj.core.api.Assertions.within(1e-5));
        });
    }
}
