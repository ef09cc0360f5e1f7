package dev.cortado.tensor;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Gradients;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class DifferentiableTest {
    /// x³ by hand.
    private static Tensor cube(Tensor x) {
        return Differentiable.of(
                "cube", x, () -> x.mul(x).mul(x), dy -> x.mul(x).mul(3).mul(dy));
    }

    /// Σ x² over the last dimension, by hand; fewer elements than x.
    private static Tensor sumOfSquares(Tensor x) { // [N, D] → [N, 1]
        return Differentiable.of(
                "sumOfSquares", x, () -> x.square().sum(-1), dy -> x.mul(dy).mul(2));
    }

    /// W·x for every row with both gradients given by hand.
    private static Tensor scaled(Tensor x, Tensor weight) { // [N, D], [D]
        return Differentiable.of(
                "scaled",
                List.of(x, weight),
                () -> x.mul(weight),
                dy -> List.of(weight.mul(dy), x.mul(dy).sum(0).squeeze(0)));
    }

    private static Tensor leaf(double[] values, long... sizes) {
        return Doubles.tensor(values, DType.F64, sizes).requiresGrad(true);
    }

    @Test
    void sameShapeEqualsTheLibraryAndCentralDifferences() {
        Seeds.repeat(20, random -> {
            double[] values = Doubles.normal(random, 6);
            double[] weights = Doubles.normal(random, 6);
            Tensor mine = leaf(values, 2, 3);
            Tensor w = Doubles.tensor(weights, DType.F64, 2, 3);
            Tensor y = cube(mine.mul(2)).mul(w).sum();
            y.backward();
            Tensor library = leaf(values, 2, 3);
            Tensor z = library.mul(2).pow(3).mul(w).sum();
            z.backward();
            assertTensor(y).isCloseTo(z, 1e-12, 1e-12);
            assertTensor(mine.grad().orElseThrow()).isCloseTo(library.grad().orElseThrow(), 1e-12, 1e-12);
            double[] numeric = Gradients.numeric(
                    x -> {
                        double sum = 0;
                        for (int i = 0; i < x.length; i++) {
                            sum += Math.pow(2 * x[i], 3) * weights[i];
                        }
                        return sum;
                    },
                    values,
                    1e-5);
            assertTensor(mine.grad().orElseThrow()).isCloseTo(numeric, 1e-7, 1e-7);
        });
    }

    @Test
    void otherShapeEqualsTheLibraryAndCentralDifferences() {
        Seeds.repeat(20, random -> {
            double[] values = Doubles.normal(random, 6);
            Tensor mine = leaf(values, 2, 3);
            Tensor y = sumOfSquares(mine.mul(0.5));
            assertTensor(y).hasShape(2, 1);
            y.exp().sum().backward();
            Tensor library = leaf(values, 2, 3);
            library.mul(0.5).square().sum(-1).exp().sum().backward();
            assertTensor(mine.grad().orElseThrow()).isCloseTo(library.grad().orElseThrow(), 1e-12, 1e-12);
            double[] numeric = Gradients.numeric(
                    x -> Math.exp((x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) / 4)
                            + Math.exp((x[3] * x[3] + x[4] * x[4] + x[5] * x[5]) / 4),
                    values,
                    1e-5);
            assertTensor(mine.grad().orElseThrow()).isCloseTo(numeric, 1e-6, 1e-6);
        });
    }

    @Test
    void aResultMayHaveAnotherDtype() {
        Tensor x = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2).requiresGrad(true);
        Tensor narrow = x.to(DType.BF16);
        Tensor y = Differentiable.of(
                "sum",
                narrow,
                () -> narrow.to(DType.F32).sum(),
                dy -> dy.to(DType.BF16).expand(2, 2));
        assertTensor(y).hasDtype(DType.F32).hasShape().isCloseTo(new double[] {10}, 0, 0);
        y.mul(3).backward();
        assertTensor(x.grad().orElseThrow()).hasDtype(DType.F32).isCloseTo(new double[] {3, 3, 3, 3}, 0, 0);
    }

    @Test
    void severalInOneGraph() {
        Seeds.repeat(10, random -> {
            double[] values = Doubles.normal(random, 6);
            Tensor x = leaf(values, 2, 3);
            Tensor weight = leaf(Doubles.normal(random, 3), 3);
            Tensor y = cube(scaled(cube(x).sigmoid(), weight));
            sumOfSquares(y).log().sum().backward();
            Tensor x2 = leaf(values, 2, 3);
            Tensor weight2 = leaf(Doubles.of(weight), 3);
            x2.pow(3).sigmoid().mul(weight2).pow(3).square().sum(-1).log().sum().backward();
            assertTensor(x.grad().orElseThrow()).isCloseTo(x2.grad().orElseThrow(), 1e-10, 1e-10);
            assertTensor(weight.grad().orElseThrow()).isCloseTo(weight2.grad().orElseThrow(), 1e-10, 1e-10);
        });
    }

    @Test
    void theGradientOfTwoConsumersArrivesOnceAndSummed() {
        Tensor x = leaf(new double[] {2}, 1);
        int[] calls = {0};
        Tensor y = Differentiable.of("double", x.mul(1), () -> x.mul(2), dy -> {
            calls[0]++;
            return dy.mul(2);
        });
        y.mul(10).add(y.square()).sum().backward(); // d/dy = 10 + 2y = 18
        assertThat(calls[0]).isEqualTo(1);
        assertTensor(x.grad().orElseThrow()).isCloseTo(new double[] {36}, 0, 0);

        Tensor rows = leaf(new double[] {1, 2}, 1, 2);
        Tensor sum = sumOfSquares(rows); // 5
        sum.mul(10).add(sum.square()).sum().backward(); // d/dsum = 10 + 10
        assertTensor(rows.grad().orElseThrow()).isCloseTo(new double[] {40, 80}, 0, 0);
    }

    @Test
    void theInputMayHaveOtherConsumersToo() {
        Tensor x = leaf(new double[] {3}, 1);
        Tensor through = x.mul(1);
        cube(through).add(through.mul(5)).sum().backward();
        assertTensor(x.grad().orElseThrow()).isCloseTo(new double[] {32}, 0, 0);
        assertTensor(through).isCloseTo(new double[] {3}, 0, 0);
    }

    @Test
    void withoutRecordingItIsItsValue() {
        Tensor x = leaf(new double[] {2, 3}, 1, 2);
        try (var _ = Grad.off()) {
            assertTensor(cube(x)).isCloseTo(new double[] {8, 27}, 0, 0);
            assertThat(cube(x).requiresGrad()).isFalse();
        }
        assertThat(cube(x.detach()).requiresGrad()).isFalse();
        assertTensor(sumOfSquares(x.detach())).isCloseTo(new double[] {13}, 0, 0);
        assertThat(cube(x).requiresGrad()).isTrue();
    }

    @Test
    void aGradientFunctionThatFailsFailsTheBackwardPass() {
        Tensor x = leaf(new double[] {2}, 1);
        Tensor y = Differentiable.of("broken", x.mul(1), () -> x.mul(2), _ -> {
            throw new IllegalStateException("a bug in the gradient");
        });
        Tensor loss = y.sum();
        assertThatThrownBy(loss::backward)
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("a bug in the gradient");
        assertTensor(cube(x)).isCloseTo(new double[] {8}, 0, 0);
    }

    @Test
    void firedHooksLeaveNothingBehind() {
        try (var _ =
                Scope.open("warm up")) { // as long as the compilers of the virtual machine take memory of their own
            hooks(600, 100);
        }
        long before = LibTorch.residentBytes();
        long live = Scope.liveTensors();
        hooks(200, 100);
        assertThat(Scope.liveTensors()).isEqualTo(live);
        // 20,000 hooks: one kilobyte leaked by each would be 20 MB.
        assertThat(LibTorch.residentBytes() - before).isLessThan(8_000_000);
    }

    /// Backward passes through chains of cubes that barely move.
    private static void hooks(int passes, int each) {
        for (int pass = 0; pass < passes; pass++) {
            try (var _ = Scope.open("pass")) {
                Tensor x = leaf(new double[] {1, 1, 1, 1}, 4);
                Tensor y = x;
                for (int i = 0; i < each; i++) {
                    Tensor from = y;
                    y = Differentiable.of("copy", from, from::copy, dy -> dy.mul(1));
                }
                y.sum().backward();
                assertThat(x.grad().orElseThrow().sum().toDouble()).isEqualTo(4);
            }
        }
    }

    @Test
    void gradientsOfTheFormulasAreThoseOfNaiveOnes() {
        Seeds.repeat(5, random -> {
            double[] values = Doubles.normal(random, 6);
            double[] weight = Doubles.normal(random, 3);
            Tensor x = leaf(values, 2, 3);
            Nn.rmsNorm(Nn.silu(x), Doubles.tensor(weight, DType.F64, 3), 1e-3)
                    .pow(3)
                    .sum()
                    .backward();
            double[] numeric = Gradients.numeric(
                    v -> Arrays.stream(Doubles.rows(
                                    Arrays.stream(v).map(Naive::silu).toArray(), 3))
                            .map(row -> Naive.rmsNorm(row, weight, 1e-3))
                            .flatMapToDouble(Arrays::stream)
                            .map(e -> e * e * e)
                            .sum(),
                    values,
                    1e-5);
            assertTensor(x.grad().orElseThrow()).isCloseTo(numeric, 1e-6, 1e-6);
        });
    }
}
