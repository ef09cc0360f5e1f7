package dev.cortado.train;

/// How long a run is.
public sealed interface Horizon {
    /// This many optimizer steps: the same run on every machine.
    record Steps(long steps) implements Horizon {
        public Steps {
            if (steps < 1) {
                throw new IllegalArgumentException("steps " + steps + " must be at least 1");
            }
        }
    }

    /// As many steps as fit into this time; a faster machine learns more.
    record Minutes(double minutes) implements Horizon {
        public Minutes {
            if (!(minutes > 0)) {
                throw new IllegalArgumentException("minutes " + minutes + " must be above 0");
            }
        }
    }

    /// Share of the run that is done, 0 to 1, after `steps` steps that took `seconds`.
    default double done(long steps, double seconds) {
        return switch (this) {
            case Steps(long all) -> Math.min(1, (double) steps / all);
            case Minutes(double minutes) -> Math.min(1, seconds / (60 * minutes));
        };
    }
}
