package dev.cortado.model.mixing;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.NaiveMixing;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class ReformerAttentionTest {
    /// The hashes a mixer uses, in the form of the reference.
    private static double[][][][] rotations(ReformerAttention mixer, int rounds, int half, int width) {
        double[][] rows = Doubles.rows(mixer.rotations(width, half, DType.F64, Device.CPU));
        double[][][][] rotations = new double[rounds][2][width][half];
        for (int i = 0; i < 2 * rounds; i++) {
            for (int c = 0; c < width; c++) {
                System.arraycopy(rows[c], i * half, rotations[i / 2][i % 2][c], 0, half);
            }
        }
        return rotations;
    }

    private static void equalsItsFormula(RandomGenerator random) {
        int chunk = random.nextInt(1, 6);
        int rounds = random.nextInt(1, 4);
        boolean causal = random.nextBoolean();
        var mixer = new ReformerAttention(chunk, rounds, random.nextLong(), causal);
        Texts texts = Texts.random(random, Texts.Sizes.random(random, 12));
        int m = Math.min(chunk, texts.sizes().tokens());
        int values = (int) Math.ceil(Math.sqrt(2.0 * Math.ceilDiv(texts.sizes().tokens(), m)));
        double[][][][] rotations =
                rotations(mixer, rounds, Math.ceilDiv(values, 2), texts.sizes().width());
        texts.check(mixer, (_, q, _, v) -> NaiveMixing.reformer(q, v, rotations, m, causal), random);
    }

    /// Fixed seeds: where two directions of a hash are equal up to rounding, so that two precisions choose
    /// differently, the values may differ by any amount.
    @Test
    void equalsItsFormulaAndCentralDifferences() {
        for (long seed = 0; seed < 30; seed++) {
            equalsItsFormula(new SplittableRandom(seed));
        }
    }

    @Test
    void aChunkOverAllIsFullAttentionOfSharedQueries() {
        Seeds.repeat(20, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 10));
            int chunk = texts.sizes().tokens() + random.nextInt(3);
            boolean causal = random.nextBoolean();
            // Scores are q·k/‖k‖; the reference divides by √C, which does not touch the direction of
            // keys.
            double root = Math.sqrt(texts.sizes().width());
            texts.check(
                    new ReformerAttention(chunk, random.nextInt(1, 4), random.nextLong(), causal),
                    (_, q, _, v) -> NaiveMixing.attention(
                            q,
                            unit(q, root),
                            v,
                            (t, s) -> (s != t || q.length == 1 || (causal && t == 0)) && !(causal && s > t)),
                    random);
        });
    }

    private static double[][] unit(double[][] rows, double length) {
        double[][] unit = new double[rows.length][];
        for (int t = 0; t < rows.length; t++) {
            double norm = Math.sqrt(Naive.dot(rows[t], rows[t]));
            unit[t] = Arrays.stream(rows[t]).map(x -> x / norm * length).toArray();
        }
        return unit;
    }

    /// More rounds find more of what full attention sees.
    @Test
    void roundsComeNearerToFullAttention() {
        Texts texts = Texts.random(new SplittableRandom(3), Texts.Sizes.of(1, 4, 4, 128, 8));
        Tensor full = texts.mixed(new ReformerAttention(128, 1, 1, false), DType.F32);
        double before = Double.POSITIVE_INFINITY;
        for (int rounds : new int[] {1, 4, 16}) {
            Tensor mixed = texts.mixed(new ReformerAttention(8, rounds, 1, false), DType.F32);
            double error = mixed.sub(full).norm().toDouble();
            assertThat(error).isLessThan(0.9 * before);
            before = error;
        }
    }

    @Test
    void narrowIsNearlyWide() {
        Seeds.repeat(5, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 60));
            texts.checkNarrow(new ReformerAttention(8, 2, 1, random.nextBoolean()), 0.06);
        });
    }

    /// Nothing flows back into later queries and values.
    @Test
    void thePastDoesNotSeeTheFuture() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 40));
            int from = random.nextInt(texts.sizes().tokens());
            Tensor q = texts.queries(DType.F32);
            Tensor v = texts.values(DType.F32);
            var mixer = new ReformerAttention(5, 2, random.nextLong(), true);
            mixer.mix(q, q, v).slice(2, 0, from).square().sum().backward();
            for (Tensor each : new Tensor[] {q, v}) {
                assertThat(each.grad().orElseThrow().slice(2, from).norm().toDouble())
                        .isZero();
            }
            // Where one chunk holds all, the choice of what is found does not change either.
            texts.checkBlind(new ReformerAttention(40, 2, 1, true), random, 1e-6);
        });
    }

    @Test
    void aSeedIsAHash() {
        Texts texts = Texts.random(new SplittableRandom(3), Texts.Sizes.of(1, 1, 1, 40, 4));
        Tensor one = texts.mixed(new ReformerAttention(5, 1, 1, false), DType.F32);
        assertTensor(texts.mixed(new ReformerAttention(5, 1, 1, false), DType.F32))
                .isSameAs(one);
        Tensor other = texts.mixed(new ReformerAttention(5, 1, 2, false), DType.F32);
        assertThat(other.sub(one).norm().toDouble()).isGreaterThan(0.01);
    }

    @Test
    void refusesNumbersThatMeanNothing() {
        assertThatThrownBy(() -> new ReformerAttention(4, 0, 1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rounds is 0");
    }
}
