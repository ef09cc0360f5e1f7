package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// One step of AdamW over F32 memory in one pass (Loshchilov & Hutter 2017, arXiv:1711.05101, algorithm 2), and the
/// sum of squares that clipping wants.
public final class AdamWKernel {
    /// Elements a thread takes at once, and the elements of one partial sum.
    private static final int GRAIN = 1 << 15;

    /// Elements read, computed and written at once: four buffers of them fit the first-level cache.
    private static final int BLOCK = 2048;

    private AdamWKernel() {}

    /// The numbers of one step.
    ///
    /// @param weightDecay   λ
    /// @param correction1   1 − β₁ᵗ at step t
    /// @param correction2   1 − β₂ᵗ
    /// @param gradientScale what the gradient is multiplied by first: 1, or less to clip it
    public record Step(
            double lr,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double correction1,
            double correction2,
            double gradientScale) {}

    /// Changes `weights` and the moments `first` and `second`, `count` elements each.
    public static void step(
            MemorySegment weights,
            MemorySegment gradient,
            MemorySegment first,
            MemorySegment second,
            int count,
            Step step) {
        Workers.shared().forRange(count, GRAIN, (from, to) -> {
            float[] w = Lanes.buffer(BLOCK);
            float[] g = Lanes.buffer(BLOCK);
            float[] m = Lanes.buffer(BLOCK);
            float[] v = Lanes.buffer(BLOCK);
            for (int start = from; start < to; start += BLOCK) {
                int n = Math.min(BLOCK, to - start);
                Elements.F32.read(weights, start, n, w);
                Elements.F32.read(gradient, start, n, g);
                Elements.F32.read(first, start, n, m);
                Elements.F32.read(second, start, n, v);
                update(w, g, m, v, n, step);
                Elements.F32.write(w, n, weights, start);
                Elements.F32.write(m, n, first, start);
                Elements.F32.write(v, n, second, start);
            }
        });
    }

    private static void update(float[] w, float[] g, float[] m, float[] v, int n, Step step) {
        float scale = (float) step.gradientScale;
        float keepFirst = (float) step.beta1;
        float addFirst = (float) (1 - step.beta1);
        float keepSecond = (float) step.beta2;
        float addSecond = (float) (1 - step.beta2);
        float epsilon = (float) step.epsilon;
        float unbias = (float) (1 / Math.sqrt(step.correction2));
        float rate = (float) (step.lr / step.correction1);
        float keep = (float) (1 - step.lr * step.weightDecay);
        for (int i = 0; i < n; i += Lanes.WIDTH) {
            FloatVector gradient = FloatVector.fromArray(Lanes.FLOATS, g, i).mul(scale);
            FloatVector first =
                    FloatVector.fromArray(Lanes.FLOATS, m, i).mul(keepFirst).add(gradient.mul(addFirst));
            FloatVector second = FloatVector.fromArray(Lanes.FLOATS, v, i)
                    .mul(keepSecond)
                    .add(gradient.mul(gradient).mul(addSecond));
            FloatVector root = second.sqrt().mul(unbias).add(epsilon);
            FloatVector kept = FloatVector.fromArray(Lanes.FLOATS, w, i).mul(keep);
            first.intoArray(m, i);
            second.intoArray(v, i);
            kept.sub(first.mul(rate).div(root)).intoArray(w, i);
        }
    }

    /// Σ x²: within blocks of 2,048 elements in F32, everything else in F64, always in the same order.
    public static double sumOfSquares(MemorySegment x, int count) {
        double[] partial = new double[Math.ceilDiv(count, GRAIN)];
        Workers.shared().forRange(count, GRAIN, (from, to) -> {
            float[] block = Lanes.buffer(BLOCK);
            double sum = 0;
            for (int start = from; start < to; start += BLOCK) {
                int n = Math.min(BLOCK, to - start);
                Elements.F32.read(x, start, n, block);
                Lanes.pad(block, n, 0);
                sum += Lanes.dot(block, block, n);
            }
            partial[from / GRAIN] = sum;
        });
        double total = 0;
        for (double sum : partial) {
            total += sum;
        }
        return total;
    }
}
