package dev.cortado.bench;

import java.util.Arrays;
import java.util.List;

/// Times of the same work done again and again. The median is what is quoted: on a shared machine the mean says more
/// about the neighbours.
///
/// @param seconds one per repetition
public record Timing(List<Double> seconds) {
    /// Runs work `warmup` times unmeasured, then `repetitions` times.
    public static Timing of(int warmup, int repetitions, Runnable work) {
        for (int i = 0; i < warmup; i++) {
            work.run();
        }
        Double[] times = new Double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            times[i] = once(work);
        }
        return new Timing(Arrays.asList(times));
    }

    /// Seconds one run of the work takes.
    public static double once(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    /// The middle one.
    public double median() {
        double[] sorted =
                seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// The shortest one.
    public double best() {
        return seconds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }
}
