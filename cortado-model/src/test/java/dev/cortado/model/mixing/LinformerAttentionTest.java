package dev.cortado.model.mixing;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.ParameterSet;
import dev.cortado.model.Params;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Gradients;
import dev.cortado.testkit.NaiveMixing;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class LinformerAttentionTest {
    private static final int LENGTH = 9;

    @Test
    void equalsItsFormulaAndCentralDifferences() {
        Seeds.repeat(20, random -> {
            Params params = Params.initialised(random.nextLong(), Device.CPU);
            var mixer = new LinformerAttention(params, LENGTH, random.nextInt(1, 6));
            try (ParameterSet set = params.finish()) {
                double[][] e = Doubles.rows(set.list().get(0).tensor());
                double[][] f = Doubles.rows(set.list().get(1).tensor());
                Texts texts = Texts.random(random, Texts.Sizes.random(random, LENGTH));
                texts.check(mixer, (_, q, k, v) -> NaiveMixing.linformer(q, k, v, e, f), random);
            }
        });
    }

    @Test
    void itsProjectionsLearn() {
        Seeds.repeat(5, random -> {
            Params params = Params.initialised(random.nextLong(), Device.CPU).at("mixer");
            var mixer = new LinformerAttention(params, LENGTH, 3);
            try (ParameterSet set = params.finish()) {
                assertThat(set.list().stream()
                                .map(p -> p.name() + " " + p.tensor().shape()))
                        .containsExactly("mixer.e_proj.weight [3, 9]", "mixer.f_proj.weight [3, 9]");
                Tensor e = set.list().get(0).tensor();
                Tensor f = set.list().get(1).tensor();
                Texts texts = Texts.random(random, Texts.Sizes.of(1, 2, 1, 7, 2));
                texts.mixed(mixer, DType.F32).square().sum().backward();
                double[] numeric = Gradients.numeric(
                        x -> {
                            double[][] rows = Doubles.rows(x, LENGTH);
                            double[][] first = Arrays.copyOfRange(rows, 0, 3);
                            double[][] second = Arrays.copyOfRange(rows, 3, 6);
                            return Arrays.stream(
                                            texts.naive((_, q, k, v) -> NaiveMixing.linformer(q, k, v, first, second)))
                                    .map(y -> y * y)
                                    .sum();
                        },
                        Doubles.flat(concat(Doubles.rows(e), Doubles.rows(f))),
                        1e-5);
                assertTensor(e.grad().orElseThrow()).isCloseTo(Arrays.copyOfRange(numeric, 0, 27), 1e-4, 1e-4);
                assertTensor(f.grad().orElseThrow()).isCloseTo(Arrays.copyOfRange(numeric, 27, 54), 1e-4, 1e-4);
            }
        });
    }

    private static double[][] concat(double[][] a, double[][] b) {
        double[][] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void narrowIsNearlyWide() {
        Seeds.repeat(5, random -> {
            Params params = Params.initialised(random.nextLong(), Device.CPU);
            var mixer = new LinformerAttention(params, 60, 8);
            try (var _ = params.finish()) {
                Texts.random(random, Texts.Sizes.random(random, 60)).checkNarrow(mixer, 0.06);
            }
        });
    }

    @Test
    void refusesLongerTexts() {
        Params params = Params.initialised(1, Device.CPU);
        var mixer = new LinformerAttention(params, LENGTH, 3);
        try (var _ = params.finish()) {
            Texts texts = Texts.random(new SplittableRandom(1), Texts.Sizes.of(1, 1, 1, 10, 2));
            assertThatThrownBy(() -> texts.mixed(mixer, DType.F32))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a text of 10 tokens")
                    .hasMessageContaining("for 9 at most");
        }
    }
}
