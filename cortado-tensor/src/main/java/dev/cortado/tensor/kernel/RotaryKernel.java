package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Rotary positions together with the change between [B, T, H, C], as projections write, and [B, H, T, C], as
/// attention reads: each pair of channels (i, i + C/2) is turned by its angle on the way.
public final class RotaryKernel {
    /// Rows of C channels a thread takes at once.
    private static final int ROWS = 256;

    private RotaryKernel() {}

    /// Sizes, and the angles.
    ///
    /// @param cos F32 [B or 1, T, C/2]
    /// @param sin the same shape
    /// @param angleTexts B, or 1 when all texts share their angles
    public record Turn(
            int batch, int tokens, int heads, int channels, MemorySegment cos, MemorySegment sin, int angleTexts) {}

    /// x [B, T, H, C] → y [B, H, T, C], turned.
    public static void splitAndTurn(MemorySegment x, MemorySegment y, Elements elements, Turn turn) {
        Workers.shared().forRange(turn.batch * turn.heads * turn.tokens, ROWS, (from, to) -> {
            Buffers row = new Buffers(turn);
            for (int r = from; r < to; r++) {
                row.load(x, merged(turn, r), elements, r);
                row.turn(1);
                row.store(y, (long) r * turn.channels, elements);
            }
        });
    }

    /// The transpose of [#splitAndTurn], which is also its inverse: x [B, H, T, C] → y [B, T, H, C], turned back.
    public static void turnBackAndMerge(MemorySegment x, MemorySegment y, Elements elements, Turn turn) {
        Workers.shared().forRange(turn.batch * turn.heads * turn.tokens, ROWS, (from, to) -> {
            Buffers row = new Buffers(turn);
            for (int r = from; r < to; r++) {
                row.load(x, (long) r * turn.channels, elements, r);
                row.turn(-1);
                row.store(y, merged(turn, r), elements);
            }
        });
    }

    /// Where row (b, h, t) of [B, H, T, C] begins in [B, T, H, C].
    private static long merged(Turn turn, int row) {
        int t = row % turn.tokens;
        int h = row / turn.tokens % turn.heads;
        int b = row / turn.tokens / turn.heads;
        return (((long) b * turn.tokens + t) * turn.heads + h) * turn.channels;
    }

    /// The two halves of one row and their angles.
    private static final class Buffers {
        private final Turn turn;
        private final int half;
        private final float[] first;
        private final float[] second;
        private final float[] cos;
        private final float[] sin;

        Buffers(Turn turn) {
            this.turn = turn;
            half = turn.channels / 2;
            first = Lanes.buffer(half);
            second = Lanes.buffer(half);
            cos = Lanes.buffer(half);
            sin = Lanes.buffer(half);
        }

        void load(MemorySegment x, long start, Elements elements, int row) {
            elements.read(x, start, half, first);
            elements.read(x, start + half, half, second);
            int text = turn.angleTexts == 1 ? 0 : row / turn.tokens / turn.heads;
            long angles = ((long) text * turn.tokens + row % turn.tokens) * half;
            Elements.F32.read(turn.cos, angles, half, cos);
            Elements.F32.read(turn.sin, angles, half, sin);
        }

        /// @param direction 1, or −1 to turn back
        void turn(float direction) {
            for (int i = 0; i < half; i += Lanes.WIDTH) {
                FloatVector a = FloatVector.fromArray(Lanes.FLOATS, first, i);
                FloatVector b = FloatVector.fromArray(Lanes.FLOATS, second, i);
                FloatVector c = FloatVector.fromArray(Lanes.FLOATS, cos, i);
                FloatVector s = FloatVector.fromArray(Lanes.FLOATS, sin, i).mul(direction);
                a.mul(c).sub(b.mul(s)).intoArray(first, i);
                b.mul(c).add(a.mul(s)).intoArray(second, i);
            }
        }

        void store(MemorySegment y, long start, Elements elements) {
            elements.write(first, half, y, start);
            elements.write(second, half, y, start + half);
        }
    }
}
