package dev.cortado.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Fused;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// AdamW against algorithm 2 of its paper in doubles, on the kernel and on LibTorch.
class AdamWKernelTest {
    @Test
    void stepsEqualTheAlgorithm() {
        double lr = 0.01;
        double beta1 = 0.9;
        double beta2 = 0.95;
        double epsilon = 1e-8;
        double decay = 0.1;
        double clip = 0.5;
        Random random = new Random(8);
        for (int count : new int[] {1, 17, 40_003}) {
            try (var _ = Scope.open("AdamW")) {
                Tensor weights = Reference.leaf(random, DType.F32, 1, count);
                Tensor first = Tensors.of(new float[count], count);
                Tensor second = Tensors.of(new float[count], count);
                // A column of a matrix is not contiguous: LibTorch does it.
                Tensor strided = Tensors.of(new float[2 * count], count, 2).select(1, 0);
                strided.copyInPlace(weights.detach());
                Tensor stridedFirst = Tensors.of(new float[count], count);
                Tensor stridedSecond = Tensors.of(new float[count], count);
                double[] w = Reference.doubles(weights);
                double[] m = new double[count];
                double[] v = new double[count];
                for (int t = 1; t <= 3; t++) {
                    Tensor gradient = Reference.leaf(random, DType.F32, 1, count);
                    var step = new AdamWKernel.Step(
                            lr, beta1, beta2, epsilon, decay, 1 - Math.pow(beta1, t), 1 - Math.pow(beta2, t), clip);
                    Fused.adamW(weights, gradient, first, second, step);
                    Fused.adamW(strided, gradient, stridedFirst, stridedSecond, step);
                    double[] g = Reference.doubles(gradient);
                    for (int i = 0; i < count; i++) {
                        double clipped = clip * g[i];
                        m[i] = beta1 * m[i] + (1 - beta1) * clipped;
                        v[i] = beta2 * v[i] + (1 - beta2) * clipped * clipped;
                        double unbiasedFirst = m[i] / (1 - Math.pow(beta1, t));
                        double unbiasedSecond = v[i] / (1 - Math.pow(beta2, t));
                        w[i] -= lr * (unbiasedFirst / (Math.sqrt(unbiasedSecond) + epsilon) + decay * w[i]);
                    }
                }
                Reference.assertClose("weights", Reference.doubles(weights), w, 1e-6);
                Reference.assertClose("first", Reference.doubles(first), m, 1e-6);
                Reference.assertClose("second", Reference.doubles(second), v, 1e-6);
                Reference.assertClose("weights by LibTorch", Reference.doubles(strided), w, 1e-6);
            }
        }
    }

    @Test
    void sumOfSquaresIsExactToSingleRoundingAndAlwaysTheSame() {
        Random random = new Random(9);
        for (int count : new int[] {1, 31, 100_003}) {
            try (var _ = Scope.open("squares")) {
                Tensor x = Reference.leaf(random, DType.F32, 3, count);
                double wanted = 0;
                for (double one : Reference.doubles(x)) {
                    wanted += one * one;
                }
                double sum = Fused.sumOfSquares(x);
                assertThat(sum).isCloseTo(wanted, within(1e-6 * wanted));
                for (int i = 0; i < 50; i++) {
                    assertThat(Fused.sumOfSquares(x)).isEqualTo(sum);
                }
                assertThat(Fused.sumOfSquares(x.detach().to(DType.F64))).isCloseTo(wanted, within(1e-9 * wanted));
            }
        }
    }
}
