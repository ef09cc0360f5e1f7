package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/// softmax(scale·scores) over the columns each row may see, a window that ends at the row's own token.
///
/// Only the window is read; outside of it weights and gradients are zero.
public final class SoftmaxKernel {
    /// Rows a thread takes at once.
    private static final int ROWS = 64;

    private SoftmaxKernel() {}

    /// Where the windows lie.
    ///
    /// @param batch        B texts
    /// @param rowsPerText  K·G·T rows of scores each, in which the T tokens repeat
    /// @param tokens       T tokens, the last of the S columns
    /// @param columns      S
    /// @param firstVisible I64 [B, T]: the first column each token sees; the last is its own, t + S − T
    public record Windows(int batch, int rowsPerText, int tokens, int columns, MemorySegment firstVisible) {
        int rows() {
            return batch * rowsPerText;
        }

        int first(int row) {
            long text = row / rowsPerText;
            long place = text * tokens + row % rowsPerText % tokens;
            long first = firstVisible.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, place);
            return Math.toIntExact(java.util.Objects.checkIndex(first, (long) end(row)));
        }

        int end(int row) {
            return row % rowsPerText % tokens + columns - tokens + 1;
        }
    }

    /// Scores → weights, which may be the same memory.
    public static void forward(
            MemorySegment scores, MemorySegment weights, Elements elements, float scale, Windows windows) {
        int columns = windows.columns();
        Workers.shared().forRange(windows.rows(), ROWS, (from, to) -> {
            float[] row = Lanes.buffer(columns);
            for (int r = from; r < to; r++) {
                int first = windows.first(r);
                int count = windows.end(r) - first;
                long start = (long) r * columns;
                elements.read(scores, start + first, count, row);
                Lanes.pad(row, count, Float.NEGATIVE_INFINITY);
                float max = Exponentials.max(row, count);
                double sum = Exponentials.replace(row, count, scale, max);
                Exponentials.scale(row, count, (float) (1 / sum));
                write(row, first, count, weights, start, columns, elements);
            }
        });
    }

    /// dScores = scale·weights ⊙ (dWeights − Σ weights ⊙ dWeights), which may lie where dWeights does.
    public static void backward(
            MemorySegment weights,
            MemorySegment dWeights,
            MemorySegment dScores,
            Elements elements,
            float scale,
            Windows windows) {
        int columns = windows.columns();
        Workers.shared().forRange(windows.rows(), ROWS, (from, to) -> {
            float[] weight = Lanes.buffer(columns);
            float[] gradient = Lanes.buffer(columns);
            for (int r = from; r < to; r++) {
                int first = windows.first(r);
                int count = windows.end(r) - first;
                long start = (long) r * columns;
                elements.read(weights, start + first, count, weight);
                elements.read(dWeights, start + first, count, gradient);
                Lanes.pad(weight, count, 0);
                Lanes.pad(gradient, count, 0);
                gradientOfRow(weight, gradient, count, scale);
                write(gradient, first, count, dScores, start, columns, elements);
            }
        });
    }

    private static void gradientOfRow(float[] weight, float[] gradient, int count, float scale) {
        float mean = (float) Lanes.dot(weight, gradient, count);
        for (int i = 0; i < count; i += Lanes.WIDTH) {
            FloatVector w = FloatVector.fromArray(Lanes.FLOATS, weight, i).mul(scale);
            FloatVector.fromArray(Lanes.FLOATS, gradient, i).sub(mean).mul(w).intoArray(gradient, i);
        }
    }

    /// The window of a row, and zeros around it.
    private static void write(
            float[] row, int first, int count, MemorySegment to, long start, int columns, Elements elements) {
        elements.clear(to, start, first);
        elements.write(row, count, to, start + first);
        elements.clear(to, start + first + count, columns - first - count);
    }
}
