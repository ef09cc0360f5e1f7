package dev.cortado.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Cross-entropy and the loss head against the definition in doubles.
class LossHeadTest {
    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingLeaks() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    /// Loss of one row, and softmax − one-hot in the logits' place.
    private static double naiveRow(double[] logits, int target) {
        double max = Double.NEGATIVE_INFINITY;
        for (double z : logits) {
            max = Math.max(max, z);
        }
        double sum = 0;
        for (double z : logits) {
            sum += Math.exp(z - max);
        }
        double loss = max + Math.log(sum) - logits[target];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Math.exp(logits[i] - max) / sum - (i == target ? 1 : 0);
        }
        return loss;
    }

    @ParameterizedTest
    @MethodSource("dev.cortado.tensor.kernel.Reference#precisionsAndFallback")
    void headEqualsTheDefinition(Reference.Precision precision) {
        Random random = new Random(7);
        int[][] sizes = {{1, 3, 1}, {5, 7, 3}, {33, 16, 50}, {2, 40, 129}, {1030, 4, 19}}; // N, D, V
        for (int[] size : sizes) {
            int n = size[0];
            int d = size[1];
            int v = size[2];
            try (var _ = Scope.open("head")) {
                Tensor x = Reference.leaf(random, precision.dtype(), 1, n, d);
                Tensor weight = Reference.leaf(random, DType.F32, 1, v, d);
                long[] targets = random.longs(n, 0, v).toArray();
                targets[n / 2] = n > 1 ? Nn.IGNORED : targets[0];
                Tensor sum = Fused.linearCrossEntropySum(x, weight, Tensors.of(targets, n));
                sum.mul(0.5).backward();

                double[] xs = Reference.doubles(x);
                double[] ws = Reference.doubles(weight.to(precision.dtype())); // as the product reads it
                double wanted = 0;
                double[] dx = new double[n * d];
                double[] dw = new double[v * d];
                for (int r = 0; r < n; r++) {
                    if (targets[r] == Nn.IGNORED) {
                        continue;
                    }
                    double[] z = new double[v];
                    for (int c = 0; c < v; c++) {
                        for (int i = 0; i < d; i++) {
                            z[c] += xs[r * d + i] * ws[c * d + i];
                        }
                    }
                    wanted += naiveRow(z, (int) targets[r]);
                    for (int c = 0; c < v; c++) {
                        for (int i = 0; i < d; i++) {
                            dx[r * d + i] += 0.5 * z[c] * ws[c * d + i];
                            dw[c * d + i] += 0.5 * z[c] * xs[r * d + i];
                        }
                    }
                }
                assertThat(sum.toDouble()).isCloseTo(wanted, within(precision.tolerance() * wanted + 1e-6));
                Reference.assertClose("dx", Reference.gradient(x), dx, precision.tolerance());
                Reference.assertClose("dWeight", Reference.gradient(weight), dw, precision.tolerance());
                try (var _ = Grad.off()) {
                    double alone = Fused.linearCrossEntropySum(x, weight, Tensors.of(targets, n))
                            .toDouble();
                    assertThat(alone).isEqualTo(sum.toDouble());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.cortado.tensor.kernel.Reference#precisions")
    void extremeLogitsStayFinite(Reference.Precision precision) {
        float minus = Float.NEGATIVE_INFINITY;
        float[][] rows = {{1e4f, -1e4f, 0}, {-1e4f, -1e4f, -1e4f}, {minus, 3, minus}, {1e30f, 1e30f, minus}};
        int[] targets = {1, 2, 1, 0};
        for (int r = 0; r < rows.length; r++) {
            try (var _ = Scope.open("extreme")) {
                Tensor logits = Tensors.of(rows[r], 1, 3).to(precision.dtype());
                double[] wanted = Reference.doubles(logits);
                double wantedLoss = naiveRow(wanted, targets[r]);
                double loss = CrossEntropyKernel.lossAndGradient(
                        logits.bytes(),
                        precision.dtype() == DType.F32 ? Elements.F32 : Elements.BF16,
                        1,
                        3,
                        Tensors.of(new int[] {targets[r]}, 1).bytes(),
                        Nn.IGNORED);
                assertThat(loss).isCloseTo(wantedLoss, within(1e-6 * Math.abs(wantedLoss) + 1e-6));
                Reference.assertClose("gradient", Reference.doubles(logits), wanted, precision.tolerance());
            }
        }
    }

    @Test
    void frozenSidesGetNoGradientAndDoNotChangeTheOther() {
        Random random = new Random(10);
        try (var _ = Scope.open("frozen")) {
            Tensor x = Reference.leaf(random, DType.F32, 1, 2, 3, 5);
            Tensor weight = Reference.leaf(random, DType.F32, 1, 4, 5);
            Tensor targets = Tensors.of(new int[] {0, 1, 2, 3, 0, 1}, 2, 3);
            Fused.linearCrossEntropySum(x, weight, targets).backward();
            double[] dx = Reference.gradient(x);
            double[] dWeight = Reference.gradient(weight);
            x.clearGrad();
            weight.clearGrad();
            Fused.linearCrossEntropySum(x.detach(), weight, targets).backward();
            Fused.linearCrossEntropySum(x, weight.detach(), targets).backward();
            assertThat(Reference.gradient(x)).isEqualTo(dx);
            assertThat(Reference.gradient(weight)).isEqualTo(dWeight);
        }
    }

    @Test
    void aTargetThatIsNoColumnIsRefused() {
        try (var _ = Scope.open("target")) {
            Tensor logits = Tensors.of(new float[6], 2, 3);
            Tensor targets = Tensors.of(new int[] {0, 3}, 2);
            assertThatThrownBy(() ->
                            CrossEntropyKernel.loss(logits.bytes(), Elements.F32, 2, 3, targets.bytes(), Nn.IGNORED))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
