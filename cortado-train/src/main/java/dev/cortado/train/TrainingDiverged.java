package dev.cortado.train;

/// A loss or a gradient stopped being a finite number. Nothing of the broken state has been saved.
public final class TrainingDiverged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingDiverged(long step, String what, double value) {
        super("training diverged at step " + step + ": the " + what + " is " + value
                + "; lower optimizer.lr or lengthen schedule.warmup, then resume from the last checkpoint");
    }
}
