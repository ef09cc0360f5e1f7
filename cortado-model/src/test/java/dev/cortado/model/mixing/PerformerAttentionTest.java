package dev.cortado.model.mixing;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.NaiveMixing;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class PerformerAttentionTest {
    private static double[][] directions(int features, int width, long seed) {
        return PerformerAttention.directions(features, width, new SplittableRandom(seed));
    }

    @Test
    void equalsItsFormulaAndCentralDifferences() {
        Seeds.repeat(20, random -> {
            long seed = random.nextLong();
            int features = random.nextInt(1, 9);
            boolean causal = random.nextBoolean();
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 9));
            int width = texts.sizes().width();
            double[][] w = directions(features, width, seed);
            texts.check(
                    new PerformerAttention(features, width, seed, causal),
                    (_, q, k, v) -> NaiveMixing.performer(q, k, v, w, PerformerAttention.FLOOR, causal),
                    random);
        });
    }

    /// Longer than a chunk; gradients through the states between chunks are those of the form that has none.
    @Test
    void chunksJoin() {
        Seeds.repeat(4, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.of(1, 4, 2, 257 + random.nextInt(200), 4));
            double[][] w = directions(6, 4, 3);
            Mixer mixer = new PerformerAttention(6, 4, 3, true);
            double[] naive =
                    texts.naive((_, q, k, v) -> NaiveMixing.performer(q, k, v, w, PerformerAttention.FLOOR, true));
            assertTensor(texts.mixed(mixer, DType.F32)).isCloseTo(naive, 1e-5, 1e-5);
            Tensor[] chunked = texts.valueAndGradients(mixer, DType.F64);
            Tensor[] whole = texts.valueAndGradients(new PerformerAttention(6, 4, 3, true, 1000), DType.F64);
            for (int i = 0; i < whole.length; i++) {
                assertTensor(chunked[i]).isCloseTo(whole[i], 1e-9, 1e-9);
            }
        });
    }

    @Test
    void theErrorFallsWithTheRootOfTheFeatures() {
        Texts texts = Texts.random(new SplittableRandom(5), Texts.Sizes.of(1, 4, 4, 64, 16))
                .scaled(0.3);
        for (boolean causal : new boolean[] {false, true}) {
            Tensor exact = texts.mixed(new SoftmaxAttention(causal), DType.F32);
            int[] features = {32, 128, 512, 2048};
            double[] errors = new double[features.length];
            for (int i = 0; i < features.length; i++) {
                for (long seed = 0; seed < 5; seed++) {
                    Tensor mixed = texts.mixed(new PerformerAttention(features[i], 16, seed, causal), DType.F32);
                    errors[i] +=
                            mixed.sub(exact).norm().toDouble() / exact.norm().toDouble() / 5;
                }
            }
            assertThat(errors).isSortedAccordingTo((a, b) -> Double.compare(b, a));
            assertThat(errors[3]).isLessThan(0.1);
            double slope = Math.log(errors[3] / errors[0]) / Math.log(64);
            assertThat(slope).isCloseTo(-0.5, within(0.12));
        }
    }

    @Test
    void directionsAreOrthogonalInBlocks() {
        double[][] w = directions(10, 4, 7);
        for (int i = 0; i < 10; i++) {
            for (int j = i - i % 4; j < i; j++) {
                assertThat(Naive.dot(w[i], w[j])).isCloseTo(0, within(1e-5));
            }
        }
        double meanSquare = 0;
        for (double[] row : directions(4000, 4, 8)) {
            meanSquare += Naive.dot(row, row) / 4000;
        }
        assertThat(meanSquare).isCloseTo(4, within(0.3)); // as of a normal vector of 4 channels
    }

    @Test
    void largeQueriesAndKeysOverflowNothing() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.of(1, 1, 1, 300, 4)).scaled(30);
            for (boolean causal : new boolean[] {false, true}) {
                for (Tensor each : texts.valueAndGradients(new PerformerAttention(8, 4, 1, causal), DType.F32)) {
                    assertThat(each.isFinite()).isTrue();
                }
            }
        });
    }

    @Test
    void narrowIsNearlyWide() {
        Seeds.repeat(5, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 60));
            texts.checkNarrow(new PerformerAttention(16, texts.sizes().width(), 1, random.nextBoolean()), 0.02);
        });
    }

    @Test
    void thePastDoesNotSeeTheFuture() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 300));
            texts.checkBlind(new PerformerAttention(16, texts.sizes().width(), 1, true), random, 1e-6);
        });
    }
}
