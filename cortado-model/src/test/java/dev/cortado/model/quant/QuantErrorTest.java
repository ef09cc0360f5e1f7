package dev.cortado.model.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.testkit.Seeds;
import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class QuantErrorTest {
    @Test
    void measuresDifferences() {
        QuantError error = QuantError.of(new float[] {3, -4, 0, 0}, new float[] {3, -3, 0, 1}, 2);
        assertThat(error.maxAbs()).isEqualTo(1);
        assertThat(error.rms()).isEqualTo(Math.sqrt(0.5));
        assertThat(error.relativeRms()).isEqualTo(Math.sqrt(2.0 / 25));
        assertThat(error.bitsPerWeight()).isEqualTo(4);
        assertThat(error.count()).isEqualTo(4);
    }

    @Test
    void nothingIsNothing() {
        assertThat(QuantError.NOTHING.rms()).isZero();
        assertThat(QuantError.NOTHING.relativeRms()).isZero();
        assertThat(QuantError.NOTHING.bitsPerWeight()).isZero();
        assertThat(QuantError.of(new float[3], new float[3], 3).relativeRms()).isZero();
        assertThat(QuantError.of(new float[1], new float[] {1}, 3).relativeRms())
                .isInfinite();
        assertThat(QuantError.of(new float[] {1}, new float[] {Float.NaN}, 3).rms())
                .isNaN();
        assertThatThrownBy(() -> QuantError.of(new float[3], new float[2], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 numbers cannot be compared with 2 decoded ones");
    }

    @Test
    void partsAddUpToTheWhole() {
        WritableFormat format = WritableFormat.of(GgmlType.Q4_K).orElseThrow();
        Seeds.repeat(20, random -> {
            float[] values = Numbers.rows(random, 256 * random.nextInt(1, 60));
            MemorySegment floats = MemorySegment.ofArray(values);
            QuantError whole = QuantError.of(floats, format);
            QuantError sum = QuantError.NOTHING;
            for (int row = 0; row < values.length; row += 256) {
                sum = sum.plus(QuantError.of(floats.asSlice(row * 4L, 1024), format));
            }
            assertThat(sum.count()).isEqualTo(whole.count()).isEqualTo(values.length);
            assertThat(sum.maxAbs()).isEqualTo(whole.maxAbs());
            assertThat(sum.rms()).isEqualTo(whole.rms(), within(1e-9 * whole.rms()));
            assertThat(sum.bitsPerWeight()).isEqualTo(whole.bitsPerWeight()).isEqualTo(4.5);
        });
    }

    @Test
    void moreBitsLoseLess() {
        MemorySegment values = MemorySegment.ofArray(Numbers.fixed(1 << 14));
        double loss = 1;
        for (GgmlType type : new GgmlType[] {
            GgmlType.Q4_0, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K, GgmlType.Q8_0, GgmlType.F16, GgmlType.F32
        }) {
            double less =
                    QuantError.of(values, WritableFormat.of(type).orElseThrow()).relativeRms();
            assertThat(less).as(type.name()).isLessThan(loss);
            loss = less;
        }
        assertThat(loss).isZero();
    }

    @Test
    void refusesPartsOfBlocks() {
        WritableFormat format = WritableFormat.of(GgmlType.Q8_0).orElseThrow();
        assertThatThrownBy(() -> QuantError.of(MemorySegment.ofArray(new float[33]), format))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiple of 32");
        assertThatThrownBy(() -> QuantError.of(MemorySegment.ofArray(new byte[3]), format))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
