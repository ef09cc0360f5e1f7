package dev.cortado.world;

import java.util.List;

/// The random stream of one document: SplitMix64 (Steele, Lea, Flood 2014), written out here so that the same seed
/// gives the same bytes on every Java version.
final class Dice {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private long state;

    private Dice(long state) {
        this.state = state;
    }

    /// The stream at a path such as (seed, split, document): streams of different paths are independent.
    static Dice of(long... path) {
        long mixed = 0;
        for (long step : path) {
            mixed = mix(mixed + GOLDEN + mix(step));
        }
        return new Dice(mixed);
    }

    /// A number in `[0, bound)`.
    int below(int bound) {
        state += GOLDEN;
        return (int) (((mix(state) >>> 32) * bound) >>> 32);
    }

    /// A number in `[low, high]`.
    int between(int low, int high) {
        return low + below(high - low + 1);
    }

    /// True in `percent` of 100 throws.
    boolean chance(int percent) {
        return below(100) < percent;
    }

    <T> T pick(List<T> options) {
        return options.get(below(options.size()));
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
