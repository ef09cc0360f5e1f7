package dev.cortado.tensor;

import static dev.cortado.testkit.TensorAssert.assertTensor;

import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A softmax by tiles is a softmax, by kernels (F32) and by LibTorch's operations (F64) alike.
@ExtendWith(StrictScopes.class)
class OnlineSoftmaxTest {
    @Test
    void byTilesOrAtOnce() {
        Seeds.repeat(20, random -> {
            int rows = random.nextInt(1, 140);
            int columns = random.nextInt(2, 60);
            int cut = random.nextInt(1, columns);
            double scale = random.nextDouble(0.1, 3);
            double[] x = Doubles.normal(random, rows * columns);
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextInt(5) == 0 && i % columns > 0 ? Double.NEGATIVE_INFINITY : x[i] * 4;
            }
            for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                Tensor scores = Doubles.tensor(x, dtype, rows, columns);
                Tensor expected = scores.mul(scale).softmax(-1);
                var softmax = OnlineSoftmax.begin(Shape.of(rows, 1), dtype, Device.CPU);
                Tensor first = scores.slice(1, 0, cut).copy().contiguous();
                Tensor second = scores.slice(1, cut, columns).copy().contiguous();
                softmax.add(first, scale);
                Tensor shrink = softmax.add(second, scale);
                Tensor parts = Tensors.cat(java.util.List.of(first.mul(shrink), second), 1);
                assertTensor(parts.div(softmax.mass())).isCloseTo(expected, 1e-6, 1e-5);
                Tensor logs = softmax.largest().add(softmax.mass().log());
                Tensor again = OnlineSoftmax.weights(scores.copy(), scale, logs);
                assertTensor(again).isCloseTo(expected, 1e-6, 1e-5);
                Tensor upstream = Doubles.tensor(Doubles.normal(random, rows * columns), dtype, rows, columns);
                Tensor deltas = upstream.mul(expected).sum(-1);
                Tensor gradient = upstream.sub(deltas).mul(expected).mul(scale);
                assertTensor(OnlineSoftmax.gradient(upstream.copy(), again, deltas, scale))
                        .isCloseTo(gradient, 1e-5, 1e-4);
            }
        });
    }

    /// Rows that have seen nothing yet weigh nothing, whatever comes first.
    @Test
    void whatNobodySeesWeighsNothing() {
        double[] nothing = new double[6];
        Arrays.fill(nothing, Double.NEGATIVE_INFINITY);
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            var softmax = OnlineSoftmax.begin(Shape.of(2, 1), dtype, Device.CPU);
            Tensor scores = Doubles.tensor(nothing, dtype, 2, 3);
            softmax.add(scores, 0.5);
            assertTensor(scores).isCloseTo(new double[6], 0, 0);
            assertTensor(softmax.mass()).isCloseTo(new double[2], 0, 0);
            softmax.add(Doubles.tensor(new double[] {1, -2}, dtype, 2, 1), 0.5);
            assertTensor(softmax.mass()).isCloseTo(new double[] {1, 1}, 1e-6, 0);
        }
    }
}
