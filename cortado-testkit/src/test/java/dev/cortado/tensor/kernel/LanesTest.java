package dev.cortado.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/// The vector functions against `Math`, and the way of numbers through memory.
class LanesTest {
    private static float[] exp(float... x) {
        float[] padded = Lanes.buffer(x.length);
        System.arraycopy(x, 0, padded, 0, x.length);
        for (int i = 0; i < padded.length; i += Lanes.WIDTH) {
            Lanes.exp(FloatVector.fromArray(Lanes.FLOATS, padded, i)).intoArray(padded, i);
        }
        return padded;
    }

    @Test
    void exponentialIsRightToTwoInTenMillion() {
        int count = 1 << 20;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (-87 + (88.72 + 87) * i / (count - 1));
        }
        float[] y = exp(x);
        double worst = 0;
        for (int i = 0; i < count; i++) {
            double wanted = Math.exp(x[i]);
            worst = Math.max(worst, Math.abs(y[i] - wanted) / wanted);
        }
        assertThat(worst).isLessThan(2e-7);
    }

    @Test
    void exponentialOfTheExtremes() {
        float[] y = exp(0, Float.NEGATIVE_INFINITY, -1e30f, -100, 89, 1e30f, Float.POSITIVE_INFINITY, Float.NaN, -0f);
        assertThat(y).startsWith(1, 0, 0, 0, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY);
        assertThat(y[7]).isNaN();
        assertThat(y[8]).isEqualTo(1);
    }

    /// bf16 by the definition: of the two neighbours in bf16 the nearer one, of equally near ones the even one.
    @Test
    void bf16RoundsToNearestEven() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int count = 4099; // not a multiple of any vector
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = Float.intBitsToFloat(i % 3 == 0 ? random.nextInt() << 15 : random.nextInt()); // many ties
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(2L * count + 6);
            Elements.BF16.write(x, count, memory, 3);
            float[] back = Lanes.buffer(count);
            Elements.BF16.read(memory, 3, count, back);
            for (int i = 0; i < count; i++) {
                short stored = memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * (i + 3));
                assertThat(Float.floatToRawIntBits(back[i])).isEqualTo(stored << 16);
                int bits = Float.floatToRawIntBits(x[i]);
                if (Float.isNaN(x[i])) {
                    assertThat(back[i]).isNaN();
                    continue;
                }
                int below = bits >>> 16; // by magnitude
                int rest = bits & 0xffff;
                boolean up = rest > 0x8000 || (rest == 0x8000 && (below & 1) == 1);
                assertThat(stored).as("%s, seed %d", x[i], seed).isEqualTo((short) (up ? below + 1 : below));
            }
        }
    }
}
