package dev.cortado.train.optim;

/// The learning rate over the steps of a run: a linear warm-up from 0 to the peak, then a decay.
///
/// @param peak     highest rate
/// @param warmup   steps until it is reached
/// @param steps    steps of the whole run
/// @param decay    how it falls afterwards
/// @param floor    lowest rate, as a share of the peak
public record Schedule(double peak, long warmup, long steps, Decay decay, double floor) {
    /// How the rate falls after the warm-up.
    public enum Decay {
        /// Not at all.
        CONSTANT,
        /// In a straight line.
        LINEAR,
        /// Along half a cosine (Loshchilov & Hutter 2016, arXiv:1608.03983).
        COSINE
    }

    public Schedule {
        if (!(peak > 0)) {
            throw new IllegalArgumentException("the learning rate " + peak + " must be above 0");
        }
        if (steps < 1 || warmup < 0 || warmup > steps) {
            throw new IllegalArgumentException("a warm-up of " + warmup + " steps does not fit a run of " + steps);
        }
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("the floor " + floor + " is a share of the peak: 0 to 1");
        }
    }

    /// The rate of a step, counted from 0.
    public double at(long step) {
        if (step < warmup) {
            return peak * (step + 1) / warmup;
        }
        double done = steps == warmup ? 1 : Math.min(1, (double) (step - warmup) / (steps - warmup)); // 0 to 1
        double share = switch (decay) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - done;
            case COSINE -> (1 + Math.cos(Math.PI * done)) / 2;
        };
        return peak * (floor + (1 - floor) * share);
    }
}
