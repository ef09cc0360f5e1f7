package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// y = x·r ⊙ w with r = 1/√(mean(x²) + ε) for each row, and its gradients.
///
/// With g = dy ⊙ w: dx = r·(g − x·r²·mean(g ⊙ x)), dw = Σ over rows of dy ⊙ x·r.
public final class RmsNormKernel {
    /// Rows a thread takes at once.
    private static final int ROWS = 32;

    /// At most so many partial sums of dw.
    private static final int BLOCKS = 64;

    private RmsNormKernel() {}

    /// x and y are `rows` by `width`, weight is F32 and as long as a row. Returns r of each row.
    public static float[] forward(
            MemorySegment x,
            MemorySegment weight,
            MemorySegment y,
            Elements elements,
            int rows,
            int width,
            double epsilon) {
        float[] w = weights(weight, width);
        float[] inverses = new float[rows];
        Workers.shared().forRange(rows, ROWS, (from, to) -> {
            float[] row = Lanes.buffer(width);
            for (int i = from; i < to; i++) {
                long start = (long) i * width;
                elements.read(x, start, width, row);
                inverses[i] = (float) (1 / Math.sqrt(Lanes.dot(row, row, width) / width + epsilon));
                normalise(row, w, inverses[i], width);
                elements.write(row, width, y, start);
            }
        });
        return inverses;
    }

    /// dy → dx, both of the type of x, and dWeight in F32.
    public static void backward(
            MemorySegment x,
            MemorySegment weight,
            float[] inverses,
            MemorySegment dy,
            MemorySegment dx,
            MemorySegment dWeight,
            Elements elements,
            int width) {
        int rows = inverses.length;
        float[] w = weights(weight, width);
        int grain = Math.max(ROWS, Math.ceilDiv(rows, BLOCKS));
        float[][] partial = new float[Math.ceilDiv(rows, grain)][];
        Workers.shared().forRange(rows, grain, (from, to) -> {
            float[] row = Lanes.buffer(width);
            float[] gradient = Lanes.buffer(width);
            float[] sum = Lanes.buffer(width);
            for (int i = from; i < to; i++) {
                long start = (long) i * width;
                elements.read(x, start, width, row);
                elements.read(dy, start, width, gradient);
                gradientOfRow(row, gradient, w, inverses[i], sum, width);
                elements.write(gradient, width, dx, start);
            }
            partial[from / grain] = sum;
        });
        float[] total = Lanes.buffer(width);
        for (float[] sum : partial) {
            for (int i = 0; i < width; i++) {
                total[i] += sum[i];
            }
        }
        Elements.F32.write(total, width, dWeight, 0);
    }

    private static float[] weights(MemorySegment weight, int width) {
        float[] w = Lanes.buffer(width);
        Elements.F32.read(weight, 0, width, w);
        return w;
    }

    private static void normalise(float[] row, float[] w, float inverse, int width) {
        for (int i = 0; i < width; i += Lanes.WIDTH) {
            FloatVector scaled = FloatVector.fromArray(Lanes.FLOATS, row, i).mul(inverse);
            scaled.mul(FloatVector.fromArray(Lanes.FLOATS, w, i)).intoArray(row, i);
        }
    }

    /// Turns `gradient` from dy into dx and adds dy ⊙ x·r to `sum`. Buffers are zero behind the row: none of the
    /// three steps changes that.
    private static void gradientOfRow(float[] row, float[] gradient, float[] w, float inverse, float[] sum, int width) {
        for (int i = 0; i < width; i += Lanes.WIDTH) {
            FloatVector dy = FloatVector.fromArray(Lanes.FLOATS, gradient, i);
            FloatVector unit = FloatVector.fromArray(Lanes.FLOATS, row, i).mul(inverse);
            dy.fma(unit, FloatVector.fromArray(Lanes.FLOATS, sum, i)).intoArray(sum, i);
            dy.mul(FloatVector.fromArray(Lanes.FLOATS, w, i)).intoArray(gradient, i);
        }
        float mean = (float) (Lanes.dot(gradient, row, width) / width);
        float factor = -mean * inverse * inverse * inverse;
        for (int i = 0; i < width; i += Lanes.WIDTH) {
            FloatVector g = FloatVector.fromArray(Lanes.FLOATS, gradient, i).mul(inverse);
            FloatVector.fromArray(Lanes.FLOATS, row, i)
                    .fma(Lanes.broadcast(factor), g)
                    .intoArray(gradient, i);
        }
    }
}
