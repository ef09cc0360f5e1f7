package dev.cortado.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.train.Horizon;
import dev.cortado.train.optim.Schedule.Decay;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final double EXACT = 1e-15;

    @Test
    void warmsUpInAStraightLine() {
        for (Decay decay : Decay.values()) {
            var schedule = new Schedule(0.4, 0.2, decay, 0.1);
            assertThat(schedule.at(0)).isZero();
            assertThat(schedule.at(0.05)).isCloseTo(0.1, within(EXACT));
            assertThat(schedule.at(0.1)).isCloseTo(0.2, within(EXACT));
            assertThat(schedule.at(0.2)).isCloseTo(0.4, within(EXACT));
        }
    }

    @Test
    void cosineFallsToItsFloor() {
        var schedule = new Schedule(2, 0.2, Decay.COSINE, 0.1);
        assertThat(schedule.at(0.6)).isCloseTo(2 * (0.1 + 0.9 * 0.5), within(EXACT)); // half-way after the warm-up
        assertThat(schedule.at(0.4)).isCloseTo(2 * (0.1 + 0.9 * (1 + Math.sqrt(0.5)) / 2), within(EXACT));
        assertThat(schedule.at(1)).isCloseTo(0.2, within(EXACT));
    }

    @Test
    void linearFallsToItsFloor() {
        var schedule = new Schedule(2, 0, Decay.LINEAR, 0.25);
        assertThat(schedule.at(0)).isEqualTo(2);
        assertThat(schedule.at(0.5)).isCloseTo(1.25, within(EXACT));
        assertThat(schedule.at(1)).isCloseTo(0.5, within(EXACT));
    }

    @Test
    void constantStays() {
        var schedule = new Schedule(2, 0.5, Decay.CONSTANT, 0.25);
        assertThat(schedule.at(0.5)).isEqualTo(2);
        assertThat(schedule.at(1)).isEqualTo(2);
    }

    @Test
    void neverRisesAfterTheWarmUpNorFallsBelowTheFloor() {
        for (Decay decay : Decay.values()) {
            var schedule = new Schedule(1, 0.1, decay, 0.05);
            double before = Double.MAX_VALUE;
            for (int i = 100; i <= 1000; i++) {
                double lr = schedule.at(i / 1000.0);
                assertThat(lr).as("%s at %d/1000", decay, i).isBetween(0.05, before);
                before = lr;
            }
        }
    }

    @Test
    void runsInMinutesAreMeasuredInTime() {
        Horizon horizon = new Horizon.Minutes(2);
        assertThat(horizon.done(1_000_000, 30)).isEqualTo(0.25);
        assertThat(horizon.done(1, 500)).isEqualTo(1);
        var schedule = new Schedule(1, 0, Decay.LINEAR, 0);
        assertThat(schedule.at(horizon.done(7, 90))).isCloseTo(0.25, within(EXACT));
    }

    @Test
    void runsInStepsAreMeasuredInSteps() {
        Horizon horizon = new Horizon.Steps(8);
        assertThat(horizon.done(2, 1e9)).isEqualTo(0.25);
        assertThat(horizon.done(9, 0)).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoSchedule() {
        for (double peak : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refuses(peak, 0.1, 0.1);
        }
        for (double warmup : new double[] {-0.1, 1, Double.NaN}) {
            refuses(1, warmup, 0.1);
        }
        for (double floor : new double[] {-0.1, 1.1, Double.NaN}) {
            refuses(1, 0.1, floor);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new Horizon.Steps(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Horizon.Minutes(Double.NaN));
    }

    private static void refuses(double peak, double warmup, double floor) {
        assertThatIllegalArgumentException()
                .as("peak %s, warm-up %s, floor %s", peak, warmup, floor)
                .isThrownBy(() -> new Schedule(peak, warmup, Decay.COSINE, floor));
    }
}
