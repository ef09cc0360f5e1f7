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

/// RMSNorm, SwiGLU and rotary positions against the formulas in doubles.
class LayerKernelsTest {
    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingLeaks() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    /// Sends `dy` backwards from `y`.
    private static void backward(Tensor y, double[] dy, DType dtype) {
        float[] upstream = new float[dy.length];
        for (int i = 0; i < dy.length; i++) {
            upstream[i] = (float) dy[i];
        }
        y.backward(Tensors.of(upstream, y.shape().sizes()).to(dtype));
    }

    @ParameterizedTest
    @MethodSource("dev.cortado.tensor.kernel.Reference#precisionsAndFallback")
    void rmsNormEqualsTheDefinition(Reference.Precision precision) {
        double epsilon = 1e-3;
        Random random = new Random(3);
        for (int[] size : new int[][] {{1, 1}, {1, 40}, {7, 1}, {5, 17}, {2100, 33}, {64, 128}}) {
            int n = size[0];
            int d = size[1];
            try (var _ = Scope.open("rmsNorm")) {
                Tensor x = Reference.leaf(random, precision.dtype(), 2, n, d);
                Tensor weight = Reference.leaf(random, DType.F32, 1, d);
                double[] dy = Reference.doubles(Reference.leaf(random, precision.dtype(), 1, n, d));
                Tensor y = Fused.rmsNorm(x, weight, epsilon);
                backward(y, dy, precision.dtype());

                double[] xs = Reference.doubles(x);
                double[] w = Reference.doubles(weight);
                double[] wantedY = new double[n * d];
                double[] dx = new double[n * d];
                double[] dw = new double[d];
                for (int r = 0; r < n; r++) {
                    double squares = 0;
                    double dot = 0;
                    for (int i = r * d; i < (r + 1) * d; i++) {
                        squares += xs[i] * xs[i];
                        dot += dy[i] * w[i % d] * xs[i];
                    }
                    double inverse = 1 / Math.sqrt(squares / d + epsilon);
                    for (int i = r * d; i < (r + 1) * d; i++) {
                        wantedY[i] = xs[i] * inverse * w[i % d];
                        dx[i] = inverse * dy[i] * w[i % d] - xs[i] * Math.pow(inverse, 3) * dot / d;
                        dw[i % d] += dy[i] * xs[i] * inverse;
                    }
                }
                Reference.assertClose("y", Reference.doubles(y), wantedY, precision.tolerance());
                Reference.assertClose("dx", Reference.gradient(x), dx, precision.tolerance(), 1);
                Reference.assertClose("dWeight", Reference.gradient(weight), dw, precision.tolerance());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.cortado.tensor.kernel.Reference#precisionsAndFallback")
    void swiGluEqualsTheDefinition(Reference.Precision precision) {
        Random random = new Random(4);
        for (int count : new int[] {1, 15, 2048, 70_001}) {
            try (var _ = Scope.open("swiGlu")) {
                Tensor gate = Reference.leaf(random, precision.dtype(), 5, count);
                Tensor up = Reference.leaf(random, precision.dtype(), 1, count);
                double[] dy = Reference.doubles(Reference.leaf(random, precision.dtype(), 1, count));
                Tensor y = Fused.swiGlu(gate, up);
                backward(y, dy, precision.dtype());

                double[] g = Reference.doubles(gate);
                double[] u = Reference.doubles(up);
                double[] wanted = new double[count];
                double[] dGate = new double[count];
                double[] dUp = new double[count];
                for (int i = 0; i < count; i++) {
                    double s = 1 / (1 + Math.exp(-g[i]));
                    wanted[i] = g[i] * s * u[i];
                    dGate[i] = dy[i] * u[i] * s * (1 + g[i] * (1 - s));
                    dUp[i] = dy[i] * g[i] * s;
                }
                Reference.assertClose("y", Reference.doubles(y), wanted, precision.tolerance());
                Reference.assertClose("dGate", Reference.gradient(gate), dGate, precision.tolerance());
                Reference.assertClose("dUp", Reference.gradient(up), dUp, precision.tolerance());
            }
        }
    }

    @Test
    void swiGluOfExtremeGates() {
        try (var _ = Scope.open("extreme")) {
            Tensor gate = Tensors.of(new float[] {-1e4f, 1e4f, -90, 0}, 4);
            Tensor y = Fused.swiGlu(gate, Tensors.of(new float[] {2, 2, 2, 2}, 4));
            Reference.assertClose("y", Reference.doubles(y), new double[] {0, 2e4, 0, 0}, 1e-6);
        }
    }

    /// Inputs that share an ancestor, one of them frozen, and a result used twice: what LibTorch's own graph
    /// makes of the naive form.
    @Test
    void gradientsFlowLikeThoseOfTheNaiveForm() {
        Random random = new Random(6);
        try (var _ = Scope.open("graph")) {
            Tensor x = Reference.leaf(random, DType.F32, 1, 3, 20);
            Tensor frozen = Reference.leaf(random, DType.F32, 1, 3, 20).requiresGrad(false);
            Tensor weight = Reference.leaf(random, DType.F32, 1, 20).requiresGrad(false);
            double[][] gradients = new double[2][];
            for (int naive = 0; naive < 2; naive++) {
                Tensor n = naive == 1 ? Nn.rmsNorm(x, weight, 1e-5) : Fused.rmsNorm(x, weight, 1e-5);
                Tensor a = naive == 1 ? Nn.swiGlu(n, n.mul(2)) : Fused.swiGlu(n, n.mul(2));
                Tensor b = naive == 1 ? Nn.swiGlu(frozen, a) : Fused.swiGlu(frozen, a);
                a.add(b.mul(b)).sum().backward();
                gradients[naive] = Reference.gradient(x);
                x.clearGrad();
                assertThat(frozen.grad()).isEmpty();
            }
            Reference.assertClose("dx", gradients[0], gradients[1], 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.cortado.tensor.kernel.Reference#precisionsAndFallback")
    void rotationEqualsTheDefinitionAndItsTransposeIsItsInverse(Reference.Precision precision) {
        Random random = new Random(5);
        for (int[] size : new int[][] {{1, 1, 1, 2, 1}, {2, 5, 3, 10, 2}, {3, 70, 2, 64, 1}, {2, 3, 1, 66, 2}}) {
            int b = size[0];
            int t = size[1];
            int h = size[2];
            int c = size[3];
            int half = c / 2;
            int angleTexts = size[4];
            try (var _ = Scope.open("rotary")) {
                Tensor x = Reference.leaf(random, precision.dtype(), 1, b, t, (long) h * c);
                Tensor angles = Reference.leaf(random, DType.F32, 3, angleTexts, 1, t, half)
                        .requiresGrad(false);
                Tensor y = Fused.splitHeadsRotated(x, h, angles.cos(), angles.sin());
                assertThat(y.shape().sizes()).containsExactly(b, h, t, c);
                double[] xs = Reference.doubles(x);
                double[] phi = Reference.doubles(angles);
                double[] wanted = new double[xs.length];
                for (int row = 0; row < b * h * t; row++) {
                    int time = row % t;
                    int head = row / t % h;
                    int text = row / t / h;
                    int from = ((text * t + time) * h + head) * c;
                    for (int i = 0; i < half; i++) {
                        double angle = phi[(text % angleTexts * t + time) * half + i];
                        double first = xs[from + i];
                        double second = xs[from + half + i];
                        wanted[row * c + i] = first * Math.cos(angle) - second * Math.sin(angle);
                        wanted[row * c + half + i] = second * Math.cos(angle) + first * Math.sin(angle);
                    }
                }
                Reference.assertClose("y", Reference.doubles(y), wanted, precision.tolerance());
                y.backward(y.detach());
                Reference.assertClose("dx", Reference.gradient(x), xs, precision.tolerance());
            }
        }
    }

    @Test
    void wrongShapesAreRefused() {
        try (var _ = Scope.open("shapes")) {
            Tensor x = Tensors.of(new float[12], 1, 2, 6);
            Tensor angles = Tensors.of(new float[6], 1, 1, 2, 3);
            assertThatThrownBy(() -> Fused.splitHeadsRotated(x, 2, angles, angles))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("2 heads");
            assertThatThrownBy(() -> Fused.rmsNorm(x, Tensors.of(new float[5], 5), 1e-5))
                    .isInstanceOf(TensorException.class);
        }
    }
}
