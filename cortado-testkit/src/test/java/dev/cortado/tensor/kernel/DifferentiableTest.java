package dev.cortado.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Differentiable;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.TensorException;
import dev.cortado.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Functions made in Java inside LibTorch's graph.
class DifferentiableTest {
    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingLeaks() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    private static Tensor filledLike(Tensor x, Tensor number) {
        return Tensors.ones(x.shape(), DType.F32, Device.CPU).mul(number).to(x.dtype());
    }

    /// Five times Σx·Σw, of a BF16 [2, 2] that is itself computed and an F32 [3].
    private static Tensor product(Tensor x, Tensor w) {
        return Differentiable.of(
                "product",
                List.of(x, w),
                () -> x.to(DType.F32).sum().mul(w.sum()).expand(5).copy(),
                dy -> List.of(
                        filledLike(x, w.sum().mul(dy.sum())),
                        filledLike(w, x.to(DType.F32).sum().mul(dy.sum()))));
    }

    @Test
    void severalInputsOfDifferentShapesAndTypes() {
        try (var _ = Scope.open("several")) {
            Tensor x = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2).requiresGrad(true);
            Tensor w = Tensors.of(new float[] {5, 6, 7}, 3).requiresGrad(true);
            Tensor y = product(x.mul(2).to(DType.BF16), w);
            assertThat(y.toFloats()).containsExactly(360, 360, 360, 360, 360);
            y.sum().backward();
            assertThat(x.grad().orElseThrow().toFloats()).containsExactly(180, 180, 180, 180);
            assertThat(w.grad().orElseThrow().toFloats()).containsExactly(100, 100, 100);
        }
    }

    @Test
    void inputsWithoutGradientAndResultsNobodyUsesAreLeftAlone() {
        try (var _ = Scope.open("frozen")) {
            Tensor x = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2);
            Tensor w = Tensors.of(new float[] {5, 6, 7}, 3).requiresGrad(true);
            product(x, w); // never goes backwards
            product(x, w).sum().backward();
            assertThat(x.grad()).isEmpty();
            assertThat(w.grad().orElseThrow().toFloats()).containsExactly(50, 50, 50);
            assertThat(product(x, w.detach()).requiresGrad()).isFalse();
        }
    }

    @Test
    void oneInputTwice() {
        try (var _ = Scope.open("twice")) {
            Tensor x = Tensors.of(new float[] {3}, 1).requiresGrad(true);
            Tensor y = Differentiable.of("square", List.of(x, x), () -> x.mul(x), dy -> List.of(dy.mul(x), dy.mul(x)));
            y.sum().backward();
            assertThat(x.grad().orElseThrow().toFloats()).containsExactly(6);
        }
    }

    @Test
    void failuresOfGradientFunctionsReachTheCaller() {
        try (var _ = Scope.open("failures")) {
            Tensor x = Tensors.of(new float[] {3}, 1).requiresGrad(true);
            Tensor few = Differentiable.of("few", List.of(x, x), () -> x.mul(2), dy -> List.of(dy));
            assertThatThrownBy(() -> few.sum().backward())
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("2 inputs");
            Tensor scalar =
                    Differentiable.of("scalar", x, () -> Tensors.zeros(Shape.of(), DType.F32, Device.CPU), dy -> {
                        throw new IllegalStateException("no gradient today");
                    });
            assertThatThrownBy(scalar::backward)
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("no gradient today");
        }
    }
}
