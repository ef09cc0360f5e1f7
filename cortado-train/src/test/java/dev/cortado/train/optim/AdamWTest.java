package dev.cortado.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Init;
import dev.cortado.model.Parameter;
import dev.cortado.model.ParameterSet;
import dev.cortado.model.Params;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdamWTest {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.95, 1e-8, 0.3);

    private final SplittableRandom random = new SplittableRandom(3);

    /// A matrix, which decays, a vector, which does not, and a matrix that never gets a gradient.
    private static ParameterSet parameters() {
        Params params = Params.initialised(1, Device.CPU);
        params.tensor("matrix", Shape.of(3, 4), new Init.Normal(1));
        params.tensor("norm", Shape.of(5), new Init.Ones());
        params.tensor("idle", Shape.of(2, 2), new Init.Normal(1));
        return params.finish();
    }

    /// Algorithm 2 of the paper for one number, in double.
    private static final class Naive {
        private final double decay;
        private double theta;
        private double m;
        private double v;

        Naive(double theta, double decay) {
            this.theta = theta;
            this.decay = decay;
        }

        void step(double g, double lr, int t) {
            m = SETTINGS.beta1() * m + (1 - SETTINGS.beta1()) * g;
            v = SETTINGS.beta2() * v + (1 - SETTINGS.beta2()) * g * g;
            double mHat = m / (1 - Math.pow(SETTINGS.beta1(), t));
            double vHat = v / (1 - Math.pow(SETTINGS.beta2(), t));
            theta = theta - lr * (mHat / (Math.sqrt(vHat) + SETTINGS.epsilon()) + decay * theta);
        }
    }

    private static float[] floats(Tensor tensor) {
        try (var _ = Scope.open("floats")) {
            return tensor.detach().toFloats();
        }
    }

    private float[] giveGradient(Tensor tensor) {
        float[] gradient = new float[(int) tensor.count()];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) random.nextGaussian();
        }
        give(tensor, gradient);
        return gradient;
    }

    /// The gradient of Σ θg is g.
    private static void give(Tensor tensor, float[] gradient) {
        try (var _ = Scope.open("gradient")) {
            tensor.mul(Tensors.of(gradient, tensor.shape().sizes())).sum().backward();
        }
    }

    private static double norm(float[]... gradients) {
        double squares = 0;
        for (float[] gradient : gradients) {
            for (float g : gradient) {
                squares += (double) g * g;
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void followsThePaperStepByStep() {
        try (ParameterSet parameters = parameters();
                AdamW optimizer = new AdamW(parameters, SETTINGS)) {
            Tensor matrix = parameters.list().get(0).tensor();
            Tensor norm = parameters.list().get(1).tensor();
            Naive[] naiveMatrix = naive(matrix, SETTINGS.weightDecay());
            Naive[] naiveNorm = naive(norm, 0);
            float[] idle = floats(parameters.list().get(2).tensor());
            for (int t = 1; t <= 20; t++) {
                double lr = 0.1 / t;
                float[] matrixGradient = giveGradient(matrix);
                float[] normGradient = giveGradient(norm);
                optimizer.step(lr);
                for (int i = 0; i < naiveMatrix.length; i++) {
                    naiveMatrix[i].step(matrixGradient[i], lr, t);
                }
                for (int i = 0; i < naiveNorm.length; i++) {
                    naiveNorm[i].step(normGradient[i], lr, t);
                }
                assertEqual(floats(matrix), naiveMatrix, "matrix after step " + t);
                assertEqual(floats(norm), naiveNorm, "norm after step " + t);
            }
            assertThat(optimizer.steps()).isEqualTo(20);
            assertThat(floats(parameters.list().get(2).tensor()))
                    .as("without a gradient")
                    .isEqualTo(idle);
        }
    }

    private static Naive[] naive(Tensor tensor, double decay) {
        float[] start = floats(tensor);
        Naive[] naive = new Naive[start.length];
        for (int i = 0; i < start.length; i++) {
            naive[i] = new Naive(start[i], decay);
        }
        return naive;
    }

    private static void assertEqual(float[] found, Naive[] expected, String what) {
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).as("%s [%d]", what, i).isCloseTo(expected[i].theta, within(2e-6));
        }
    }

    @Test
    void matricesDecayAndVectorsDoNot() {
        try (ParameterSet parameters = parameters();
                AdamW optimizer = new AdamW(parameters, SETTINGS)) {
            Tensor matrix = parameters.list().get(0).tensor();
            Tensor norm = parameters.list().get(1).tensor();
            float[] before = floats(matrix);
            give(matrix, new float[12]);
            give(norm, new float[5]);
            optimizer.step(0.5);
            float[] after = floats(matrix);
            for (int i = 0; i < after.length; i++) {
                assertThat((double) after[i]).isCloseTo(before[i] * (1 - 0.5 * 0.3), within(1e-6));
            }
            assertThat(floats(norm)).containsOnly(1f);
        }
    }

    @Test
    void gradientsAreForgottenAfterAStep() {
        try (ParameterSet parameters = parameters();
                AdamW optimizer = new AdamW(parameters, SETTINGS)) {
            giveGradient(parameters.list().getFirst().tensor());
            optimizer.step(0.1);
            try (var _ = Scope.open("look")) {
                for (Parameter p : parameters) {
                    assertThat(p.tensor().grad()).as(p.name()).isEmpty();
                }
            }
        }
    }

    @Test
    void clippingScalesAllGradientsByTheirCommonNorm() {
        try (ParameterSet parameters = parameters();
                AdamW optimizer = new AdamW(parameters, SETTINGS)) {
            Tensor matrix = parameters.list().get(0).tensor();
            Tensor norm = parameters.list().get(1).tensor();
            float[] a = giveGradient(matrix);
            float[] b = giveGradient(norm);
            double whole = norm(a, b);
            assertThat(optimizer.clip(10 * whole)).isCloseTo(whole, within(1e-6));
            assertThat(gradient(matrix))
                    .as("a norm below the limit changes nothing")
                    .isEqualTo(a);
            assertThat(optimizer.clip(0.5)).as("the norm before").isCloseTo(whole, within(1e-6));
            assertThat(norm(gradient(matrix), gradient(norm))).isCloseTo(0.5, within(1e-6));
            float[] clipped = gradient(norm);
            for (int i = 0; i < b.length; i++) {
                assertThat((double) clipped[i]).isCloseTo(b[i] * 0.5 / whole, within(1e-6));
            }
        }
    }

    private static float[] gradient(Tensor tensor) {
        try (var _ = Scope.open("gradient")) {
            return tensor.grad().orElseThrow().toFloats();
        }
    }

    @Test
    void refusesSettingsThatAreNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AdamW.Settings(1, 0.9, 1e-8, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new AdamW.Settings(0.9, -0.1, 1e-8, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new AdamW.Settings(0.9, 0.9, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new AdamW.Settings(0.9, 0.9, 1e-8, Double.NaN));
    }

    @Test
    void leavesNoTensorBehind() {
        long before = Scope.liveTensors();
        try (ParameterSet parameters = parameters();
                AdamW optimizer = new AdamW(parameters, SETTINGS)) {
            giveGradient(parameters.list().getFirst().tensor());
            optimizer.clip(0.1);
            optimizer.step(0.1);
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }
}
