package dev.cortado.model.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.Seeds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class Int8RowsTest {
    @Test
    void everyValueIsWithinHalfAStep() {
        Seeds.repeat(100, random -> {
            int rows = random.nextInt(1, 6);
            int columns = random.nextInt(1, 20_000);
            float[] values = Numbers.rows(random, rows * columns);
            Int8Rows stored = Int8Rows.encode(MemorySegment.ofArray(values), rows, columns);
            assertThat(stored.bytes()).isEqualTo((long) rows * columns + 4L * rows);
            float[] decoded = new float[columns + 1];
            for (int row = 0; row < rows; row++) {
                stored.decode(row, decoded, 1);
                double largest = 0;
                for (int i = 0; i < columns; i++) {
                    largest = Math.max(largest, Math.abs(values[row * columns + i]));
                }
                double error = 0;
                for (int i = 0; i < columns; i++) {
                    error = Math.max(error, Math.abs((double) values[row * columns + i] - decoded[1 + i]));
                }
                assertThat(error).isLessThanOrEqualTo(largest / 254 * (1 + 1e-4));
            }
        });
    }

    @Test
    void rowsKeepTheirOwnScale() {
        Int8Rows stored = Int8Rows.encode(MemorySegment.ofArray(new float[] {127, -1, 0, 0, 1e-3f, -1e-3f}), 3, 2);
        assertThat(stored.codes().toArray(ValueLayout.JAVA_BYTE)).containsExactly(127, -1, 0, 0, 127, -127);
        assertThat(stored.scales().toArray(Pieces.F32)).containsExactly(1, 0, 1e-3f / 127);
    }

    @Test
    void storingAgainChangesNothing() {
        Seeds.repeat(50, random -> {
            float[] values = Numbers.rows(random, 512);
            Int8Rows once = Int8Rows.encode(MemorySegment.ofArray(values), 2, 256);
            float[] decoded = new float[512];
            once.decode(0, decoded, 0);
            once.decode(1, decoded, 256);
            Int8Rows twice = Int8Rows.encode(MemorySegment.ofArray(decoded), 2, 256);
            assertThat(twice.codes().mismatch(once.codes())).isEqualTo(-1);
        });
    }

    @Test
    void theLargestAndTheSmallestNumbersAreStored() {
        float[] extremes = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -Float.MIN_VALUE, -0x1p-140f, 0x1p-138f
        };
        Int8Rows stored = Int8Rows.encode(MemorySegment.ofArray(extremes), 3, 2);
        float[] decoded = new float[6];
        for (int row = 0; row < 3; row++) {
            stored.decode(row, decoded, 2 * row);
        }
        assertThat(decoded[0]).isBetween(3.4e38f, Float.MAX_VALUE);
        assertThat(decoded[1]).isEqualTo(-decoded[0]);
        for (int i = 2; i < 6; i++) {
            // Scales of subnormal rows are rounded to 2⁻¹⁴⁹, 127 times.
            assertThat(Math.abs((double) decoded[i] - extremes[i])).isLessThanOrEqualTo(extremes[5] / 254 + 0x1p-142);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        MemorySegment six = MemorySegment.ofArray(new float[6]);
        assertThatThrownBy(() -> Int8Rows.encode(six, 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("24 bytes of F32 are no matrix [2, 2]");
        assertThatThrownBy(() -> Int8Rows.encode(six, 6, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Int8Rows.encode(MemorySegment.ofArray(new float[] {1, 2, 3, Float.NaN}), 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value 1 of row 1 is NaN: only finite numbers can be quantised to int8");
        MemorySegment codes = MemorySegment.ofArray(new byte[6]);
        assertThatThrownBy(() -> new Int8Rows(2, 3, codes, six))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no int8 matrix [2, 3]");
        Int8Rows fine = new Int8Rows(6, 1, codes, six);
        assertThatThrownBy(() -> fine.decode(6, new float[1], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> fine.decode(0, new float[1], 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
