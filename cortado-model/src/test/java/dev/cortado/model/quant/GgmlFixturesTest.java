package dev.cortado.model.quant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.gguf.GgmlType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Bytes of llama.cpp's quantisers, two rows for every type, with and without an importance matrix.
class GgmlFixturesTest {
    /// Relative rms error of normally distributed numbers that nothing worse than a careful quantiser exceeds.
    private static final Map<GgmlType, Double> LOSS = Map.ofEntries(
            Map.entry(GgmlType.Q8_0, 0.008),
            Map.entry(GgmlType.Q6_K, 0.025),
            Map.entry(GgmlType.Q5_0, 0.05),
            Map.entry(GgmlType.Q5_1, 0.05),
            Map.entry(GgmlType.Q5_K, 0.045),
            Map.entry(GgmlType.Q4_0, 0.11),
            Map.entry(GgmlType.Q4_1, 0.09),
            Map.entry(GgmlType.Q4_K, 0.09),
            Map.entry(GgmlType.IQ4_NL, 0.09),
            Map.entry(GgmlType.Q3_K, 0.2),
            Map.entry(GgmlType.Q2_K, 0.4));

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"})
    void writesTheBytesOfTheReference(GgmlType type) throws IOException {
        WritableFormat format = WritableFormat.of(type).orElseThrow();
        float[] values = values(type, "noim");
        byte[] stored = new byte[Math.toIntExact(format.rowBytes(values.length))];
        format.encode(values, 0, values.length / format.blockLength(), stored, 0);
        assertThat(stored).isEqualTo(bytes(type, "noim", "expected"));
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "IQ4_NL", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
    void readsTheBytesOfTheReference(GgmlType type) throws IOException {
        BlockFormat format = BlockFormat.of(type).orElseThrow();
        for (String variant : new String[] {"noim", "im"}) {
            float[] values = values(type, variant);
            byte[] stored = bytes(type, variant, "expected");
            float[] decoded = new float[values.length];
            format.decode(stored, 0, stored.length / format.blockBytes(), decoded, 0);
            QuantError error = QuantError.of(values, decoded, stored.length);
            assertThat(error.relativeRms()).as(variant).isBetween(LOSS.get(type) / 10, LOSS.get(type));
            assertThat(error.bitsPerWeight()).isEqualTo(format.bitsPerWeight());
        }
    }

    private static float[] values(GgmlType type, String variant) throws IOException {
        byte[] bytes = bytes(type, variant, "input");
        float[] values = new float[bytes.length / Float.BYTES];
        MemorySegment.copy(MemorySegment.ofArray(bytes), Pieces.F32, 0, values, 0, values.length);
        return values;
    }

    private static byte[] bytes(GgmlType type, String variant, String what) throws IOException {
        int rowLength = type.blockLength() == 256 ? 512 : 64;
        String name = type.name().toLowerCase(Locale.ROOT) + "_" + rowLength + "_" + variant + "_" + what + ".bin";
        Path file = SharedData.require("models/ggml-quant-fixtures").resolve(name);
        return Files.readAllBytes(file);
    }
}
