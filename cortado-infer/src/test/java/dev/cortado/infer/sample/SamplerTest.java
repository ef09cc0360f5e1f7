package dev.cortado.infer.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.infer.sample.Sampling.Greedy;
import dev.cortado.infer.sample.Sampling.Random;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.Seeds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final float NEVER = Float.NEGATIVE_INFINITY;

    private static Random random(double temperature, int topK, double topP, long seed) {
        return new Random(
                temperature,
                topK == 0 ? OptionalInt.empty() : OptionalInt.of(topK),
                topP == 0 ? OptionalDouble.empty() : OptionalDouble.of(topP),
                seed);
    }

    private static float[] logits(RandomGenerator random, int count) {
        float[] logits = new float[count];
        for (int i = 0; i < count; i++) {
            logits[i] = (float) (2 * random.nextGaussian());
        }
        return logits;
    }

    private static double[] probabilities(float[] logits, double temperature) {
        return Naive.softmax(IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i] / temperature)
                .toArray());
    }

    /// The ids a cut leaves: sort, take, sum up.
    private static Set<Integer> kept(double[] probabilities, int topK, double topP) {
        List<Integer> order = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
                .limit(topK == 0 ? probabilities.length : topK)
                .toList();
        double all = order.stream().mapToDouble(i -> probabilities[i]).sum();
        Set<Integer> kept = new HashSet<>();
        double sum = 0;
        for (int id : order) {
            kept.add(id);
            sum += probabilities[id] / all;
            if (topP > 0 && sum >= topP) {
                break;
            }
        }
        return kept;
    }

    private static int[] draw(Sampling sampling, float[] logits, int times) {
        var sampler = new Sampler(sampling);
        return IntStream.generate(() -> sampler.next(logits)).limit(times).toArray();
    }

    @Test
    void greedyTakesTheFirstOfTheLargest() {
        var sampler = new Sampler(new Greedy());
        assertThat(sampler.next(new float[] {1, 3, 3, 2})).isEqualTo(1);
        assertThat(sampler.next(new float[] {-5})).isZero();
        assertThat(sampler.next(new float[] {NEVER, -1e30f, NEVER})).isEqualTo(1);
    }

    /// Pearson's statistic of 20,000 draws: with n − 1 = 5 degrees of freedom it exceeds 25.7 once in 10,000
    /// times.
    private static void assertDistributed(int[] draws, double[] expected) {
        double[] counts = new double[expected.length];
        for (int id : draws) {
            counts[id]++;
        }
        double statistic = 0;
        for (int i = 0; i < expected.length; i++) {
            double mean = expected[i] * draws.length;
            if (mean == 0) {
                assertThat(counts[i]).isZero();
            } else {
                statistic += (counts[i] - mean) * (counts[i] - mean) / mean;
            }
        }
        assertThat(statistic).isLessThan(25.7);
    }

    @Test
    void drawsFromTheDistributionOfTheTemperature() {
        float[] logits = {0, 1, -1, 0.5f, NEVER, 2};
        for (double temperature : new double[] {0.5, 1, 3}) {
            double[] expected = probabilities(logits, temperature);
            assertDistributed(draw(random(temperature, 0, 0, 17), logits, 20_000), expected);
        }
        assertThat(draw(random(1e-300, 0, 0, 17), logits, 50)).containsOnly(5);
    }

    @Test
    void aCutDistributionIsRenormalised() {
        float[] logits = {0, 1, -1, 0.5f, -0.5f, 2};
        double[] all = probabilities(logits, 1);
        double[] three = IntStream.range(0, 6)
                .mapToDouble(i -> i == 1 || i == 3 || i == 5 ? all[i] : 0)
                .toArray();
        double sum = Arrays.stream(three).sum();
        double[] expected = Arrays.stream(three).map(p -> p / sum).toArray();
        assertDistributed(draw(random(1, 3, 0, 3), logits, 20_000), expected);
        assertDistributed(draw(random(1, 0, sum - 1e-3, 4), logits, 20_000), expected);
    }

    @Test
    void drawsExactlyWhatTheCutsLeave() {
        Seeds.repeat(30, random -> {
            float[] logits = logits(random, random.nextInt(1, 12));
            int topK = random.nextInt(0, 14);
            double topP = random.nextInt(3) == 0 ? 0 : random.nextDouble(0.05, 1);
            double temperature = random.nextDouble(1.5, 4); // flat, so that all that can be drawn is drawn
            int[] drawn = draw(random(temperature, topK, topP, random.nextLong()), logits, 4_000);
            Set<Integer> seen = new HashSet<>(Arrays.stream(drawn).boxed().toList());
            double[] probabilities = probabilities(logits, temperature);
            Set<Integer> kept = kept(probabilities, topK, topP);
            assertThat(kept).containsAll(seen);
            kept.removeIf(id -> probabilities[id] < 0.005); // may be missed
            assertThat(seen).containsAll(kept);
        });
    }

    @Test
    void equalLogitsAreCutInTheOrderOfIds() {
        float[] equal = new float[10];
        assertThat(draw(random(1, 3, 0, 1), equal, 500)).containsOnly(0, 1, 2);
        assertThat(draw(random(1, 0, 0.35, 1), equal, 500)).containsOnly(0, 1, 2, 3);
        assertThat(draw(random(1, 1, 0, 1), equal, 20)).containsOnly(0);
        assertThat(draw(random(1, 0, 1e-9, 1), equal, 20)).containsOnly(0);
        assertThat(draw(random(1, 99, 1, 1), equal, 500)).contains(0, 9);
    }

    @Test
    void aSeedIsASequence() {
        Seeds.repeat(5, random -> {
            float[] logits = logits(random, 50);
            long seed = random.nextLong();
            int[] once = draw(random(3, 20, 0.9, seed), logits, 100);
            assertThat(draw(random(3, 20, 0.9, seed), logits, 100)).containsExactly(once);
            assertThat(draw(random(3, 20, 0.9, seed + 1), logits, 100)).isNotEqualTo(once);
        });
    }

    @Test
    void aBrokenModelIsNotSampled() {
        for (Sampling sampling : List.of(new Greedy(), random(1, 0, 0, 1), random(1, 2, 0.9, 1))) {
            var sampler = new Sampler(sampling);
            assertThatThrownBy(() -> sampler.next(new float[] {1, Float.NaN, 2}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("NaN for token 1");
            assertThatThrownBy(() -> sampler.next(new float[] {1, 5, Float.POSITIVE_INFINITY}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Infinity for token 2");
            assertThatThrownBy(() -> sampler.next(new float[] {NEVER, NEVER}))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void senselessSettingsAreRefused() {
        for (double temperature : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> random(temperature, 0, 0, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("temperature " + temperature);
        }
        for (int topK : new int[] {-1, -100}) {
            assertThatThrownBy(() -> random(1, topK, 0, 1)).hasMessageContaining("top-k " + topK);
        }
        assertThatThrownBy(() -> new Random(1, OptionalInt.of(0), OptionalDouble.empty(), 1))
                .hasMessageContaining("top-k 0");
        for (double topP : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> random(1, 0, topP, 1)).hasMessageContaining("top-p " + topP);
        }
        assertThatThrownBy(() -> new Random(1, OptionalInt.empty(), OptionalDouble.of(0), 1))
                .hasMessageContaining("top-p 0");
    }
}
