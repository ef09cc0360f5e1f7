package dev.cortado.tensor;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.StrictScopes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class OrderTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private final float[] numbers = {3, 1, 2, -1, 5, 5};

    @Test
    void largest() {
        Tensor x = Tensors.of(numbers, 2, 3);
        assertTensor(Order.max(x, -1)).hasShape(2, 1).isCloseTo(new double[] {3, 5}, 0, 0);
        assertTensor(Order.max(x, 0)).hasShape(1, 3).isCloseTo(new double[] {3, 5, 5}, 0, 0);
        assertTensor(Order.runningMax(x, 1)).isCloseTo(new double[] {3, 3, 3, -1, 5, 5}, 0, 0);
        assertTensor(Tensors.larger(x, Tensors.of(new float[] {2}, 1)))
                .isCloseTo(new double[] {3, 2, 2, 2, 5, 5}, 0, 0);
    }

    @Test
    void equalElementsKeepTheirOrder() {
        Tensor x = Tensors.of(new long[] {2, 1, 2, 1, 2, 0}, 2, 3);
        assertThat(Order.argsort(x, -1).toLongs()).containsExactly(1, 0, 2, 2, 0, 1);
        long[] same = new long[500];
        assertThat(Order.argsort(Tensors.of(same, 500), 0).toLongs()).isSorted();
    }

    @Test
    void inPlaceOverwrites() {
        Tensor x = Tensors.of(numbers, 2, 3);
        Tensor row = Tensors.of(new float[] {1, 0, 2}, 3);
        assertThat(InPlace.sub(x, row)).isSameAs(x);
        assertTensor(x).isCloseTo(new double[] {2, 1, 0, -2, 5, 3}, 0, 0);
        InPlace.mul(x, row);
        assertTensor(x).isCloseTo(new double[] {2, 0, 0, -2, 0, 6}, 0, 0);
        InPlace.maskedFill(x, row.eq(2), -INFINITY);
        assertTensor(x).isCloseTo(new double[] {2, 0, -INFINITY, -2, 0, -INFINITY}, 0, 0);
        InPlace.exp(x);
        assertTensor(x).isCloseTo(new double[] {Math.exp(2), 1, 0, Math.exp(-2), 1, 0}, 0, 1e-6);
    }

    @Test
    void inPlaceRefusesWhatDoesNotFit() {
        Tensor x = Tensors.of(numbers, 2, 3);
        assertThatThrownBy(() -> InPlace.mul(x, Tensors.of(new float[] {1, 2}, 2)))
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("F32[2, 3]")
                .hasMessageContaining("F32[2]");
    }
}
