package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// y = g·σ(g) ⊙ u element by element, and its gradients dg = dy ⊙ u ⊙ σ(g)·(1 + g·(1 − σ(g))), du = dy ⊙ g·σ(g).
public final class SwiGluKernel {
    /// Elements read, computed and written at once: three buffers of them fit the first-level cache.
    private static final int BLOCK = 2048;

    /// Elements a thread takes at once.
    private static final int GRAIN = 16 * BLOCK;

    private SwiGluKernel() {}

    /// All of `count` elements.
    public static void forward(MemorySegment gate, MemorySegment up, MemorySegment y, Elements elements, int count) {
        Workers.shared().forRange(count, GRAIN, (from, to) -> {
            float[] g = Lanes.buffer(BLOCK);
            float[] u = Lanes.buffer(BLOCK);
            for (int start = from; start < to; start += BLOCK) {
                int n = Math.min(BLOCK, to - start);
                elements.read(gate, start, n, g);
                elements.read(up, start, n, u);
                value(g, u, n);
                elements.write(g, n, y, start);
            }
        });
    }

    /// dy → dGate and dUp.
    public static void backward(
            MemorySegment gate,
            MemorySegment up,
            MemorySegment dy,
            MemorySegment dGate,
            MemorySegment dUp,
            Elements elements,
            int count) {
        Workers.shared().forRange(count, GRAIN, (from, to) -> {
            float[] g = Lanes.buffer(BLOCK);
            float[] u = Lanes.buffer(BLOCK);
            float[] d = Lanes.buffer(BLOCK);
            for (int start = from; start < to; start += BLOCK) {
                int n = Math.min(BLOCK, to - start);
                elements.read(gate, start, n, g);
                elements.read(up, start, n, u);
                elements.read(dy, start, n, d);
                gradients(g, u, d, n);
                elements.write(g, n, dGate, start);
                elements.write(u, n, dUp, start);
            }
        });
    }

    /// The value in place of `g`.
    private static void value(float[] g, float[] u, int n) {
        for (int i = 0; i < n; i += Lanes.WIDTH) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOATS, g, i);
            FloatVector silu = x.mul(Lanes.sigmoid(x));
            silu.mul(FloatVector.fromArray(Lanes.FLOATS, u, i)).intoArray(g, i);
        }
    }

    /// dGate in place of `g`, dUp in place of `u`.
    private static void gradients(float[] g, float[] u, float[] dy, int n) {
        for (int i = 0; i < n; i += Lanes.WIDTH) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOATS, g, i);
            FloatVector d = FloatVector.fromArray(Lanes.FLOATS, dy, i);
            FloatVector s = Lanes.sigmoid(x);
            FloatVector silu = x.mul(s);
            FloatVector slope = silu.neg().fma(s, s).add(silu); // σ + g·σ·(1 − σ)
            d.mul(FloatVector.fromArray(Lanes.FLOATS, u, i)).mul(slope).intoArray(g, i);
            d.mul(silu).intoArray(u, i);
        }
    }
}
