package dev.cortado.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.TensorException;
import dev.cortado.tensor.Tensors;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Windowed softmax against the definition in doubles, and its naive form against both.
class SoftmaxFromTest {
    private static final double SCALE = 0.3;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingLeaks() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @FunctionalInterface
    private interface Form {
        Tensor of(Tensor scores, double scale, Tensor firstVisible);
    }

    private static void check(Form form, Reference.Precision precision, int[] size, double spread, long seed) {
        int b = size[0];
        int groups = size[1]; // K·G
        int t = size[2];
        int s = size[3];
        Random random = new Random(seed);
        try (var _ = Scope.open("softmax")) {
            Tensor leaf = Reference.leaf(random, precision.dtype(), spread, b, 1, (long) groups * t, s);
            double[] z = Reference.doubles(leaf);
            double[] dy = Reference.doubles(Reference.leaf(random, precision.dtype(), 1, z.length));
            long[] first = new long[b * t];
            for (int i = 0; i < first.length; i++) {
                first[i] = random.nextInt(i % t + s - t + 1);
            }
            double[] p = new double[z.length];
            double[] dz = new double[z.length];
            for (int row = 0; row < b * groups * t; row++) {
                int token = row % t;
                int from = (int) first[row / (groups * t) * t + token];
                int end = token + s - t + 1;
                naiveRow(z, dy, p, dz, row * s + from, row * s + end);
            }
            // A product with 1 keeps the leaf's own memory out of the kernel's reach.
            Tensor weights = form.of(leaf.mul(1), SCALE, Tensors.of(first, b, t));
            Tensor upstream = Tensors.of(floats(dy), weights.shape().sizes());
            weights.mul(upstream.to(precision.dtype())).to(DType.F32).sum().backward();
            Reference.assertClose("weights", Reference.doubles(weights), p, precision.tolerance());
            Reference.assertClose("gradient", Reference.gradient(leaf), dz, precision.tolerance(), SCALE);
        }
    }

    private static void naiveRow(double[] z, double[] dy, double[] p, double[] dz, int from, int end) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < end; i++) {
            max = Math.max(max, z[i]);
        }
        double sum = 0;
        for (int i = from; i < end; i++) {
            sum += Math.exp(SCALE * (z[i] - max));
        }
        double mean = 0;
        for (int i = from; i < end; i++) {
            p[i] = Math.exp(SCALE * (z[i] - max)) / sum;
            mean += p[i] * dy[i];
        }
        for (int i = from; i < end; i++) {
            dz[i] = SCALE * p[i] * (dy[i] - mean);
        }
    }

    private static float[] floats(double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }

    @ParameterizedTest
    @MethodSource("dev.cortado.tensor.kernel.Reference#precisionsAndFallback")
    void kernelAndNaiveFormEqualTheDefinition(Reference.Precision precision) {
        int[][] sizes = {{1, 1, 1, 1}, {2, 1, 5, 5}, {1, 3, 17, 17}, {2, 4, 33, 40}, {3, 2, 1, 70}, {1, 2, 64, 64}};
        for (int[] size : sizes) {
            check(Fused::softmaxFrom, precision, size, 2, 11);
            check(Nn::softmaxFrom, precision, size, 2, 11);
        }
        check(Fused::softmaxFrom, precision, new int[] {2, 2, 20, 20}, 1e4, 5);
    }

    @Test
    void theResultStandsWhereTheScoresStood() {
        try (var _ = Scope.open("in place")) {
            Tensor scores = Tensors.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
            Tensor weights = Fused.softmaxFrom(scores, 1, Tensors.of(new int[] {0, 1}, 1, 2));
            assertThat(weights.toFloats()).containsExactly(1, 0, 0, 1);
            assertThat(scores.toFloats()).containsExactly(1, 0, 0, 1);
        }
    }

    @Test
    void windowsThatEndBeforeTheyBeginAreRefused() {
        try (var _ = Scope.open("windows")) {
            Tensor scores = Tensors.of(new float[4], 1, 1, 2, 2);
            assertThatThrownBy(() -> Fused.softmaxFrom(scores, 1, Tensors.of(new int[] {1, 0}, 1, 2)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> Fused.softmaxFrom(scores, 0, Tensors.of(new int[] {0, 0}, 1, 2)))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("scale");
        }
    }
}
