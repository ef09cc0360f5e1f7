package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// One tile of a softmax over rows whose scores come tile by tile, in place, F32, each row read once from memory.
public final class OnlineSoftmaxKernel {
    /// Rows a thread takes at once.
    private static final int ROWS = 64;

    private OnlineSoftmaxKernel() {}

    /// Scores x of a tile → e^(scale·x − m′), with m′ the larger of the row's `largest` and that of the tile.
    /// Writes m′ to `largest`, e^(m − m′) to `shrink`, and l·e^(m − m′) + Σ to `mass`, one number a row.
    public static void add(
            MemorySegment scores,
            MemorySegment largest,
            MemorySegment mass,
            MemorySegment shrink,
            int rows,
            int columns,
            float scale) {
        Workers.shared().forRange(rows, ROWS, (from, to) -> {
            float[] row = Lanes.buffer(columns);
            float[] m = new float[to - from];
            float[] l = new float[to - from];
            float[] s = new float[to - from];
            Elements.F32.read(largest, from, m.length, m);
            Elements.F32.read(mass, from, l.length, l);
            for (int r = from; r < to; r++) {
                long start = (long) r * columns;
                Elements.F32.read(scores, start, columns, row);
                Lanes.pad(row, columns, Float.NEGATIVE_INFINITY);
                float next = Math.max(m[r - from], scale * Exponentials.max(row, columns));
                double sum = Exponentials.below(row, columns, scale, next);
                s[r - from] = (float) Math.exp((double) m[r - from] - next);
                l[r - from] = (float) (l[r - from] * s[r - from] + sum);
                m[r - from] = next;
                Elements.F32.write(row, columns, scores, start);
            }
            Elements.F32.write(m, m.length, largest, from);
            Elements.F32.write(l, l.length, mass, from);
            Elements.F32.write(s, s.length, shrink, from);
        });
    }

    /// Scores x of a tile → the weights e^(scale·x − L), L one number a row.
    public static void weights(MemorySegment scores, MemorySegment logs, int rows, int columns, float scale) {
        Workers.shared().forRange(rows, ROWS, (from, to) -> {
            float[] row = Lanes.buffer(columns);
            float[] log = new float[to - from];
            Elements.F32.read(logs, from, log.length, log);
            for (int r = from; r < to; r++) {
                long start = (long) r * columns;
                Elements.F32.read(scores, start, columns, row);
                Exponentials.below(row, columns, scale, log[r - from]);
                Elements.F32.write(row, columns, scores, start);
            }
        });
    }

    /// Gradients of weights → of scores: scale·(g − Δ)·weight, Δ one number a row.
    public static void gradient(
            MemorySegment gradients, MemorySegment weights, MemorySegment deltas, int rows, int columns, float scale) {
        Workers.shared().forRange(rows, ROWS, (from, to) -> {
            float[] gradient = Lanes.buffer(columns);
            float[] weight = Lanes.buffer(columns);
            float[] delta = new float[to - from];
            Elements.F32.read(deltas, from, delta.length, delta);
            for (int r = from; r < to; r++) {
                long start = (long) r * columns;
                Elements.F32.read(gradients, start, columns, gradient);
                Elements.F32.read(weights, start, columns, weight);
                for (int i = 0; i < columns; i += Lanes.WIDTH) {
                    FloatVector w =
                            FloatVector.fromArray(Lanes.FLOATS, weight, i).mul(scale);
                    FloatVector.fromArray(Lanes.FLOATS, gradient, i)
                            .sub(delta[r - from])
                            .mul(w)
                            .intoArray(gradient, i);
                }
                Elements.F32.write(gradient, columns, gradients, start);
            }
        });
    }
}
