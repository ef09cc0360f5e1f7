package dev.cortado.model.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.testkit.Seeds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class Nf4Test {
    @Test
    void everyValueKeepsTheErrorBound() {
        Seeds.repeat(50, random -> {
            float[] values = random.nextBoolean()
                    ? Numbers.rows(random, random.nextInt(1, 60_000))
                    : gaussian(random, random.nextInt(1, 60_000));
            Nf4 stored = Nf4.encode(MemorySegment.ofArray(values));
            float[] decoded = decode(stored);
            int blocks = Math.ceilDiv(values.length, Nf4.BLOCK);
            double[] largest = new double[blocks];
            for (int i = 0; i < values.length; i++) {
                largest[i / Nf4.BLOCK] = Math.max(largest[i / Nf4.BLOCK], Math.abs(values[i]));
            }
            double[] farthest = new double[Math.ceilDiv(blocks, Nf4.GROUP)];
            for (int block = 0; block < blocks; block++) {
                int group = block / Nf4.GROUP;
                farthest[group] = Math.max(farthest[group], Math.abs(largest[block] - stored.mean()));
            }
            for (int i = 0; i < values.length; i++) {
                int block = i / Nf4.BLOCK;
                double scaleError = 0.0071 * farthest[block / Nf4.GROUP] + 1e-6 * Math.abs(stored.mean());
                double error = Math.abs((double) decoded[i] - values[i]);
                if (Math.abs(stored.scale(block) - largest[block]) > scaleError
                        || error > 0.152 * largest[block] + scaleError) {
                    fail("%s at %d became %s in a block of %s", values[i], i, decoded[i], largest[block]);
                }
            }
        });
    }

    @Test
    void takesFourBitsAndAnEighth() {
        Nf4 stored = Nf4.encode(MemorySegment.ofArray(new float[64 * 256 * 4]));
        // The paper's 0.127 bits of scales, and the one mean of the tensor.
        assertThat(8.0 * (stored.bytes() - 4) / stored.count()).isEqualTo(4 + 8.0 / 64 + 32.0 / (64 * 256));
    }

    @Test
    void losesAboutATenthOfNormalNumbers() {
        Seeds.repeat(3, random -> {
            float[] values = gaussian(random, 1 << 16);
            Nf4 stored = Nf4.encode(MemorySegment.ofArray(values));
            QuantError error = QuantError.of(values, decode(stored), stored.bytes());
            // Close to absmax blocks without double quantisation (0.092 in a simulation of the levels
            // alone).
            assertThat(error.relativeRms()).isBetween(0.085, 0.1);
            assertThat(error.bitsPerWeight()).isEqualTo(4.127, within(0.001));
        });
    }

    @Test
    void levelsAndPackingAreThoseOfBitsandbytes() {
        // One block, whose scale is the mean: nothing is left for the map to lose, and 1.0 stays 1.0.
        float[] values = {-1, 1, 0, 0.08f, -0.7f, 0.7f, 0.9f, -0.02f, 0.0397f};
        Nf4 stored = Nf4.encode(MemorySegment.ofArray(values));
        assertThat(stored.codes().toArray(ValueLayout.JAVA_BYTE))
                .containsExactly(0x0F, 0x78, 0x1E, (byte) 0xF7, 0x77); // the last one without a second value
        assertThat(stored.mean()).isEqualTo(1);
        assertThat(decode(stored)).containsExactly(-1, 1, 0, 0.0795803f, -0.6961928f, 0.72295684f, 1, 0, 0);
    }

    @Test
    void theDynamicMapIsThePublishedOne() {
        float[] map = new float[256];
        for (int code = 0; code < 256; code++) {
            map[code] = DynamicMap.value(code);
            assertThat(DynamicMap.nearest(map[code])).isEqualTo(code);
        }
        assertThat(map)
                .isSorted()
                .startsWith((float) -0.99296875, (float) -0.97890625)
                .contains(0, 5.5e-7f, 3.25e-6f, 7.75e-6f);
        assertThat(map[255]).isEqualTo(1);
        assertThat(map[254]).isEqualTo((float) 0.99296875);
        assertThat(map[127]).isZero();
        for (int code = 0; code < 127; code++) {
            assertThat(map[code]).isEqualTo(-map[254 - code]);
        }
        Seeds.repeat(1000, random -> {
            float x = (float) (random.nextDouble(-1.2, 1.2) * Math.pow(10, -random.nextInt(8)));
            double least = Double.MAX_VALUE;
            for (float value : map) {
                least = Math.min(least, Math.abs((double) value - x));
            }
            double found = Math.abs((double) DynamicMap.value(DynamicMap.nearest(x)) - x);
            assertThat(found).isEqualTo(least, within(1e-7));
        });
    }

    @Test
    void anyPartIsDecodedAlike() {
        Seeds.repeat(100, random -> {
            float[] values = Numbers.rows(random, random.nextInt(1, 1000));
            Nf4 stored = Nf4.encode(MemorySegment.ofArray(values));
            float[] whole = decode(stored);
            int from = random.nextInt(values.length);
            int length = random.nextInt(values.length - from + 1);
            float[] part = new float[length + 2];
            stored.decode(from, length, part, 2);
            assertThat(Arrays.copyOfRange(part, 2, part.length))
                    .isEqualTo(Arrays.copyOfRange(whole, from, from + length));

            Nf4 again =
                    new Nf4(stored.count(), stored.codes(), stored.scaleCodes(), stored.groupScales(), stored.mean());
            assertThat(decode(again)).isEqualTo(whole);
        });
    }

    @Test
    void zerosEverywhereOrSomewhereStayZero() {
        float[] values = new float[200];
        for (float rest : new float[] {0, 5}) {
            Arrays.fill(values, 0, 64, rest);
            float[] decoded = decode(Nf4.encode(MemorySegment.ofArray(values)));
            for (int i = 0; i < values.length; i++) {
                assertThat(decoded[i] == 0).isEqualTo(values[i] == 0);
            }
        }
        assertThat(Nf4.encode(MemorySegment.ofArray(new float[0])).bytes()).isEqualTo(4);
    }

    @Test
    void refusesWhatDoesNotFit() {
        float[] values = new float[100];
        values[70] = Float.NEGATIVE_INFINITY;
        assertThatThrownBy(() -> Nf4.encode(MemorySegment.ofArray(values)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value 70 is -Infinity: only finite numbers can be quantised to NF4");
        assertThatThrownBy(() -> Nf4.encode(MemorySegment.ofArray(new byte[7])))
                .isInstanceOf(IllegalArgumentException.class);
        MemorySegment two = MemorySegment.ofArray(new byte[2]);
        assertThatThrownBy(() -> new Nf4(100, two, two, two, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no NF4 tensor of 100 values");
        Nf4 fine = Nf4.encode(MemorySegment.ofArray(new float[100]));
        assertThatThrownBy(() -> fine.decode(99, 2, new float[2], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> fine.decode(0, 2, new float[2], 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static float[] decode(Nf4 stored) {
        float[] decoded = new float[(int) stored.count()];
        stored.decode(0, decoded.length, decoded, 0);
        return decoded;
    }

    private static float[] gaussian(RandomGenerator random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
