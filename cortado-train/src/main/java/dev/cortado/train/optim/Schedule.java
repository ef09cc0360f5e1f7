package dev.cortado.train.optim;

/// The learning rate over a run: a linear warm-up from 0 to the peak, then a decay. It is a function of how much of
/// the run is done, so it serves runs measured in steps and runs measured in minutes.
///
/// @param peak   highest rate
/// @param warmup share of the run until it is reached, 0 to 1
/// @param decay  how it falls afterwards
/// @param floor  lowest rate at the end, as a share of the peak, 0 to 1
public record Schedule(double peak, double warmup, Decay decay, double floor) {
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
        if (!(peak > 0) || Double.isInfinite(peak)) {
            throw new IllegalArgumentException("the learning rate " + peak + " must be above 0");
        }
        if (!(warmup >= 0 && warmup < 1)) {
            throw new IllegalArgumentException("the warm-up " + warmup + " is a share of the run: 0 to below 1");
        }
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("the floor " + floor + " is a share of the peak: 0 to 1");
        }
    }

    /// The rate when a share `done` (0 to 1) of the run lies behind the step that is taken, that step included.
    public double at(double done) {
        if (done < warmup) {
            return peak * done / warmup;
        }
        double decayed = Math.min(1, (done - warmup) / (1 - warmup)); // 0 to 1
        double share = switch (decay) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - decayed;
            case COSINE -> (1 + Math.cos(Math.PI * decayed)) / 2;
        };
        return peak * (floor + (1 - floor) * share);
    }
}
