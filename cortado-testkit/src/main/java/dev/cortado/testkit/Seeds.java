package dev.cortado.testkit;

import dev.cortado.tensor.Scope;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Repeats a property on random input. A failure names its seed; `mvn … -Dcortado.seed=SEED` runs that one alone.
/// With `-Dcortado.patience=N` every property is tried N times as often.
public final class Seeds {
    private Seeds() {}

    /// What should hold for every seed.
    @FunctionalInterface
    public interface Property {
        void holdsFor(RandomGenerator random) throws Exception;
    }

    /// Tries a property `times` times, each time with another seed and inside a scope of its own.
    ///
    /// @throws AssertionError for the first failure, with the seed and the failure as its cause
    public static void repeat(int times, Property property) {
        Long replay = Long.getLong("cortado.seed");
        long patience = Long.getLong("cortado.patience", 1);
        var seeds = new SplittableRandom();
        for (long i = 0; i < (replay == null ? times * patience : 1); i++) {
            long seed = replay == null ? seeds.nextLong() : replay;
            try (var _ = Scope.open("seed " + seed)) {
                property.holdsFor(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("fails with -Dcortado.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
