package dev.cortado.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.testkit.Seeds;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// Frequencies against formulas as they are published, and against numbers that transformers printed.
class RopeScalingTest {
    private static final Percentage SINGLE = Percentage.withPercentage(1e-4);

    /// transformers 5.17's `_compute_yarn_parameters` for 64 channels, theta 10⁷, factor 2.5, 262,144 tokens.
    @Test
    void yarnIsTransformers() {
        var yarn = RopeScaling.Yarn.of(2.5, 262_144);
        double[] frequencies = yarn.frequencies(1e7, 64, 0);
        assertThat(yarn.amplitude()).isCloseTo(1.0916290731874154, within(1e-15));
        assertThat(frequencies).hasSize(32);
        assertThat(frequencies[0]).isEqualTo(1);
        assertThat(frequencies[14]).isCloseTo(8.659643354e-04, SINGLE);
        assertThat(frequencies[15]).isCloseTo(4.840516776e-04, SINGLE);
        assertThat(frequencies[18]).isCloseTo(8.083473222e-05, SINGLE);
        assertThat(frequencies[21]).isCloseTo(1.210440860e-05, SINGLE);
        assertThat(frequencies[22]).isCloseTo(6.159706118e-06, SINGLE);
        assertThat(frequencies[31]).isCloseTo(6.619268333e-08, SINGLE);
        assertThat(RopeScaling.Yarn.of(1.5625, 262_144).amplitude()).isCloseTo(1.044628710262842, within(1e-15));
    }

    @Test
    void yarnsSteepnessCanBeGiven() {
        var none = OptionalDouble.empty();
        var given = OptionalDouble.of(0.7);
        assertThat(new RopeScaling.Yarn(40, 4096, given, none, none, 32, 1, true).amplitude())
                .isEqualTo(0.7);
        double both = new RopeScaling.Yarn(40, 4096, none, given, OptionalDouble.of(1), 32, 1, true).amplitude();
        assertThat(both).isCloseTo((0.1 * 0.7 * Math.log(40) + 1) / (0.1 * Math.log(40) + 1), within(1e-15));
        double usual = 0.1 * Math.log(40) + 1;
        assertThat(new RopeScaling.Yarn(40, 4096, none, given, none, 32, 1, true).amplitude())
                .isEqualTo(usual);
        assertThat(new RopeScaling.Yarn(40, 4096, none, given, OptionalDouble.of(0), 32, 1, true).amplitude())
                .isEqualTo(usual);
        assertThat(RopeScaling.Yarn.of(0.5, 4096).amplitude()).isEqualTo(1);
    }

    /// The whole channels of a blend are those around where it begins and ends.
    @Test
    void yarnsBlendNeedNotBeginAtAWholeChannel() {
        var none = OptionalDouble.empty();
        double[] whole = RopeScaling.Yarn.of(4, 262_144).frequencies(1e7, 64, 0);
        double[] exact = new RopeScaling.Yarn(4, 262_144, none, none, none, 32, 1, false).frequencies(1e7, 64, 0);
        double low = 64 * Math.log(262_144 / (32 * 2 * Math.PI)) / (2 * Math.log(1e7));
        double high = 64 * Math.log(262_144 / (2 * Math.PI)) / (2 * Math.log(1e7));
        assertThat(low).isCloseTo(14.2410, within(1e-4));
        assertThat(high).isCloseTo(21.1216, within(1e-4));
        double divided = (18 - low) / (high - low);
        assertThat(exact[18]).isCloseTo(Math.pow(1e7, -36 / 64.0) * (divided / 4 + 1 - divided), SINGLE);
        assertThat(exact[14]).isEqualTo(whole[14]);
        assertThat(exact[18]).isNotCloseTo(whole[18], SINGLE);
    }

    /// The cases of Meta's code, by wavelength.
    @Test
    void llama3IsMetas() {
        var scaling = new RopeScaling.Llama3(8, 1, 4, 8192);
        double[] plain = RopeScaling.plain(500_000, 128);
        double[] scaled = scaling.frequencies(500_000, 128, 0);
        int blended = 0;
        for (int i = 0; i < plain.length; i++) {
            double wavelength = 2 * Math.PI / plain[i];
            double expected;
            if (wavelength < 8192 / 4.0) {
                expected = plain[i];
            } else if (wavelength > 8192) {
                expected = plain[i] / 8;
            } else {
                double smooth = (8192 / wavelength - 1) / (4 - 1);
                expected = (1 - smooth) * plain[i] / 8 + smooth * plain[i];
                blended++;
            }
            assertThat(scaled[i]).isCloseTo(expected, Percentage.withPercentage(1e-10));
        }
        assertThat(blended).isPositive();
        assertThat(scaling.amplitude()).isEqualTo(1);
    }

    @Test
    void linearIsAShorterText() {
        Seeds.repeat(20, random -> {
            int channels = 2 * random.nextInt(1, 40);
            double factor = random.nextDouble(1, 10);
            double[] plain = RopeScaling.plain(10_000, channels);
            double[] scaled = new RopeScaling.Linear(factor).frequencies(10_000, channels, 7);
            for (int i = 0; i < plain.length; i++) {
                assertThat(scaled[i] * factor).isCloseTo(plain[i], Percentage.withPercentage(1e-10));
            }
        });
    }

    @Test
    void dynamicGrowsWithTheText() {
        var scaling = new RopeScaling.Dynamic(2, 100);
        assertThat(scaling.varies()).isTrue();
        assertThat(scaling.frequencies(10_000, 8, 5)).isEqualTo(RopeScaling.plain(10_000, 8));
        assertThat(scaling.frequencies(10_000, 8, 100)).isEqualTo(RopeScaling.plain(10_000, 8));
        // (2·250/100 − 1)^(8/6) times theta.
        double theta = 10_000 * Math.pow(4, 4 / 3.0);
        assertThat(scaling.frequencies(10_000, 8, 250)).containsExactly(RopeScaling.plain(theta, 8), within(1e-12));
        assertThatThrownBy(() -> Rotary.of(2, 10_000).with(scaling))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 2 channels");
    }

    @Test
    void longRopeHasFactorsForShortAndForLongTexts() {
        double attention = RopeScaling.LongRope.attentionFactor(32, 4096);
        assertThat(attention).isCloseTo(1.190238, within(1e-6)); // of Phi-3-mini-128k
        assertThat(RopeScaling.LongRope.attentionFactor(1, 4096)).isEqualTo(1);
        var scaling = new RopeScaling.LongRope(List.of(1.0, 1.5), List.of(2.0, 8.0), 10, attention);
        double[] plain = RopeScaling.plain(10_000, 4);
        assertThat(scaling.frequencies(10_000, 4, 10)).containsExactly(plain[0], plain[1] / 1.5);
        assertThat(scaling.frequencies(10_000, 4, 11)).containsExactly(plain[0] / 2, plain[1] / 8);
        assertThat(scaling.amplitude()).isEqualTo(attention);
        assertThatThrownBy(() -> Rotary.of(6, 10_000).with(scaling))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 short_factor and 2 long_factor where 6 channels turn");
    }

    @Test
    void numbersThatScaleNothingAreRefused() {
        for (double number : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new RopeScaling.Linear(number)).hasMessageContaining("factor " + number);
            assertThatThrownBy(() -> new RopeScaling.Dynamic(number, 8)).hasMessageContaining("factor " + number);
            assertThatThrownBy(() -> RopeScaling.Yarn.of(number, 8)).hasMessageContaining("factor " + number);
            assertThatThrownBy(() -> new RopeScaling.Llama3(number, 1, 4, 8)).hasMessageContaining("factor " + number);
            assertThatThrownBy(() ->
                            new RopeScaling.LongRope(Collections.nCopies(2, number), Collections.nCopies(2, 1.0), 8, 1))
                    .hasMessageContaining("short_factor " + number);
        }
        assertThatThrownBy(() -> new RopeScaling.Llama3(8, 4, 4, 8)).hasMessageContaining("high_freq_factor 4.0");
        assertThatThrownBy(() -> RopeScaling.Yarn.of(8, 0)).hasMessageContaining("original_max_position_embeddings");
    }
}
