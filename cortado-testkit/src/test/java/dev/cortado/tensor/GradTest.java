package dev.cortado.tensor;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.StrictScopes;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class GradTest {
    @Test
    void offAndOnNest() {
        Tensor x = Tensors.of(new float[] {3}, 1).requiresGrad(true);
        assertThat(Grad.isOn()).isTrue();
        assertThat(x.mul(x).requiresGrad()).isTrue();
        try (var _ = Grad.off()) {
            assertThat(x.mul(x).requiresGrad()).isFalse();
            try (var _ = Grad.on()) {
                assertThat(x.mul(x).requiresGrad()).isTrue();
            }
            assertThat(Grad.isOn()).isFalse();
        }
        assertThat(Grad.isOn()).isTrue();
    }

    @Test
    void isAMatterOfTheThread() throws ExecutionException, InterruptedException {
        try (ExecutorService other = Executors.newSingleThreadExecutor();
                var _ = Grad.off()) {
            assertThat(other.submit(Grad::isOn).get()).isTrue();
        }
    }

    @Test
    void gradientsCollectUntilForgotten() {
        Tensor x = Tensors.of(new float[] {3, -1}, 2).requiresGrad(true);
        assertThat(x.grad()).isEmpty();
        x.square().sum().backward();
        assertTensor(x.grad().orElseThrow()).isCloseTo(new double[] {6, -2}, 0, 0);
        x.square().sum().backward();
        assertTensor(x.grad().orElseThrow()).isCloseTo(new double[] {12, -4}, 0, 0);
        x.grad().orElseThrow().mulInPlace(0.5);
        assertTensor(x.grad().orElseThrow()).isCloseTo(new double[] {6, -2}, 0, 0);
        x.clearGrad();
        assertThat(x.grad()).isEmpty();
    }

    @Test
    void backwardOfATensorTakesItsGradient() {
        Tensor x = Tensors.of(new float[] {1, 2, 3}, 3).requiresGrad(true);
        x.square().backward(Tensors.of(new float[] {1, 10, 100}, 3));
        assertTensor(x.grad().orElseThrow()).isCloseTo(new double[] {2, 40, 600}, 0, 0);
    }

    @Test
    void detachCutsTheHistory() {
        Tensor x = Tensors.of(new float[] {3}, 1).requiresGrad(true);
        x.mul(x.detach()).sum().backward();
        assertTensor(x.grad().orElseThrow()).isCloseTo(new double[] {3}, 0, 0);
        assertThat(x.detach().requiresGrad()).isFalse();
    }

    @Test
    void backwardNeedsAScalarWithAHistory() {
        Tensor x = Tensors.of(new float[] {1, 2}, 2).requiresGrad(true);
        assertThatThrownBy(() -> x.mul(2).backward())
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("backward F32[2]");
        assertThatThrownBy(() -> Tensors.of(new float[] {1}, 1).backward())
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("backward F32[1]");
    }
}
