package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Negative log-likelihood of targets under rows of logits, and its gradient in the logits' place.
///
/// With p = softmax(z) and target t: loss = −log pₜ = max + log Σ exp(z − max) − zₜ, ∂loss/∂z = p − one-hot(t).
public final class CrossEntropyKernel {
    /// Rows a thread takes at once.
    private static final int ROWS = 8;

    private CrossEntropyKernel() {}

    /// Sum of the losses of the rows. Targets, I64, equal to `ignored` do not count.
    ///
    /// @throws IndexOutOfBoundsException when another target is not a column
    public static double loss(
            MemorySegment logits, Elements elements, int rows, int columns, MemorySegment targets, long ignored) {
        return run(logits, elements, rows, columns, targets, ignored, false);
    }

    /// The same, and overwrites each row by the gradient of its loss: zeros where the target does not count.
    public static double lossAndGradient(
            MemorySegment logits, Elements elements, int rows, int columns, MemorySegment targets, long ignored) {
        return run(logits, elements, rows, columns, targets, ignored, true);
    }

    private static double run(
            MemorySegment logits,
            Elements elements,
            int rows,
            int columns,
            MemorySegment targets,
            long ignored,
            boolean gradient) {
        double[] losses = new double[rows];
        Workers.shared().forRange(rows, ROWS, (from, to) -> {
            float[] row = Lanes.buffer(columns);
            for (int r = from; r < to; r++) {
                long target = targets.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, r);
                long start = (long) r * columns;
                if (target != ignored) {
                    int column = Math.toIntExact(target);
                    elements.read(logits, start, columns, row);
                    Lanes.pad(row, columns, Float.NEGATIVE_INFINITY);
                    float atTarget = row[java.util.Objects.checkIndex(column, columns)];
                    float max = Exponentials.max(row, columns);
                    double sum = Exponentials.replace(row, columns, 1f, max);
                    losses[r] = max + Math.log(sum) - atTarget;
                    if (gradient) {
                        Exponentials.scale(row, columns, (float) (1 / sum));
                        row[column] -= 1;
                        elements.write(row, columns, logits, start);
                    }
                } else if (gradient) {
                    elements.clear(logits, start, columns);
                }
            }
        });
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum;
    }
}
