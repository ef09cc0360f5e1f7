package dev.cortado.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.gguf.GgmlType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// ggml in our hands makes the bytes that are published of it.
class GgmlOracleTest {
    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
    void quantizes_as_published(GgmlType type) throws IOException {
        String name = "models/ggml-quant-fixtures/" + type.name().toLowerCase(Locale.ROOT) + "_"
                + (type.blockLength() == 256 ? 512 : 64) + "_noim_";
        byte[] input = Files.readAllBytes(SharedData.require(name + "input.bin"));
        byte[] expected = Files.readAllBytes(SharedData.require(name + "expected.bin"));
        float[] values = new float[input.length / 4];
        ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        byte[] blocks = GgmlOracle.quantized(type, values, values.length);
        assertThat(blocks).isEqualTo(expected);

        float[] back = GgmlOracle.dequantized(type, blocks);
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < values.length; i++) {
            assertThat(back[i]).isCloseTo(values[i], within(largest / 2));
        }
    }
}
