package dev.cortado.model.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.Seeds;
import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlockFormatTest {
    /// Where the half floats of a block lie.
    private static final Map<GgmlType, List<Integer>> HALVES = Map.ofEntries(
            Map.entry(GgmlType.Q4_0, List.of(0)),
            Map.entry(GgmlType.Q4_1, List.of(0, 2)),
            Map.entry(GgmlType.Q5_0, List.of(0)),
            Map.entry(GgmlType.Q5_1, List.of(0, 2)),
            Map.entry(GgmlType.Q8_0, List.of(0)),
            Map.entry(GgmlType.IQ4_NL, List.of(0)),
            Map.entry(GgmlType.Q2_K, List.of(80, 82)),
            Map.entry(GgmlType.Q3_K, List.of(108)),
            Map.entry(GgmlType.Q4_K, List.of(0, 2)),
            Map.entry(GgmlType.Q5_K, List.of(0, 2)),
            Map.entry(GgmlType.Q6_K, List.of(208)));

    /// CRC-32 of what llama.cpp (the x86-64 build of de.kherud:llama 4.2.0, which has no fused multiply-add)
    /// decodes 1,024 blocks of [Numbers#fixedBytes] to.
    private static final Map<GgmlType, String> DECODED = Map.ofEntries(
            Map.entry(GgmlType.Q4_0, "f8bbd65a"),
            Map.entry(GgmlType.Q4_1, "72fbfedb"),
            Map.entry(GgmlType.Q5_0, "d0a10215"),
            Map.entry(GgmlType.Q5_1, "eb204a3b"),
            Map.entry(GgmlType.Q8_0, "6eaa0a16"),
            Map.entry(GgmlType.Q2_K, "de7aae1c"),
            Map.entry(GgmlType.Q3_K, "c0f20915"),
            Map.entry(GgmlType.Q4_K, "6cd1961e"),
            Map.entry(GgmlType.Q5_K, "85cc1a89"),
            Map.entry(GgmlType.Q6_K, "44d54e82"),
            Map.entry(GgmlType.IQ4_NL, "0d38453d"));

    static Stream<BlockFormat> formats() {
        return Arrays.stream(GgmlType.values()).flatMap(type -> BlockFormat.of(type).stream());
    }

    static Stream<BlockFormat> blocked() {
        return formats().filter(format -> format.blockLength() > 1);
    }

    @Test
    void readsFourteenTypesAndWritesEleven() {
        assertThat(formats().map(BlockFormat::type))
                .hasSize(14)
                .containsAll(HALVES.keySet())
                .contains(GgmlType.F32, GgmlType.F16, GgmlType.BF16);
        assertThat(WritableFormat.all()).hasSize(11);
        assertThat(BlockFormat.of(GgmlType.IQ1_S)).isEmpty();
        assertThat(WritableFormat.of(GgmlType.Q2_K)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("blocked")
    void decodesWhatTheLayoutSays(BlockFormat format) {
        Seeds.repeat(50, random -> {
            byte[] block = new byte[format.blockBytes()];
            random.nextBytes(block);
            finite(format, block);
            float[] decoded = new float[format.blockLength()];
            format.decode(block, 0, 1, decoded, 0);
            var naive = new NaiveBlocks(block);
            for (int i = 0; i < decoded.length; i++) {
                double expected = naive.element(format.type(), i);
                // Two terms may cancel out, so the error is one of the terms', up to 2 · 63 · 31.
                if (Math.abs(decoded[i] - expected) > 1e-3) {
                    assertThat((double) decoded[i]).as("element %d", i).isEqualTo(expected);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("blocked")
    void decodesAsLlamaCppDoes(BlockFormat format) {
        int blocks = 1024;
        byte[] stored = Numbers.fixedBytes(blocks * format.blockBytes());
        finite(format, stored);
        MemorySegment decoded = MemorySegment.ofArray(new byte[blocks * format.blockLength() * Float.BYTES]);
        format.decode(MemorySegment.ofArray(stored), decoded);
        assertThat(crc(decoded)).isEqualTo(DECODED.get(format.type()));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void decodesRunsOfSegmentsAsItDoesArrays(BlockFormat format) {
        Seeds.repeat(20, random -> {
            int blocks = random.nextInt(1, 20_000 / format.blockBytes());
            byte[] stored = randomBlocks(format, blocks, random);
            float[] expected = new float[blocks * format.blockLength()];
            for (int block = 0; block < blocks; block++) {
                format.decode(stored, block * format.blockBytes(), 1, expected, block * format.blockLength());
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment unaligned = arena.allocate(stored.length + 1).asSlice(1);
                unaligned.copyFrom(MemorySegment.ofArray(stored));
                int from = random.nextInt(blocks);
                int count = random.nextInt(blocks - from + 1);
                float[] part = new float[3 + count * format.blockLength()];
                format.decode(unaligned, from, count, part, 3);
                int first = from * format.blockLength();
                // Arrays.equals, because AssertJ's comparison of large arrays takes seconds; both
                // take NaN for NaN.
                assertThat(Arrays.equals(part, 3, part.length, expected, first, first + part.length - 3))
                        .as("blocks %d and %d after it of %d", from, count, blocks)
                        .isTrue();

                MemorySegment whole =
                        arena.allocate((long) expected.length * Float.BYTES + 1).asSlice(1);
                format.decode(unaligned, whole);
                assertThat(Arrays.equals(whole.toArray(Pieces.F32), expected)).isTrue();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("formats")
    void refusesWhatIsTooShort(BlockFormat format) {
        byte[] block = new byte[format.blockBytes()];
        MemorySegment segment = MemorySegment.ofArray(block);
        float[] room = new float[2 * format.blockLength()];
        assertThatThrownBy(() -> format.decode(segment, 0, 2, room, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> format.decode(segment, 1, 1, room, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> format.decode(segment, -1, 1, room, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> format.decode(segment, 0, 1, room, room.length))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> format.decode(segment, MemorySegment.ofArray(room)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(format.type().name())
                .hasMessageContaining("cannot be decoded into");
    }

    @Test
    void saysWhatARowTakes() {
        BlockFormat format = BlockFormat.of(GgmlType.Q6_K).orElseThrow();
        assertThat(format.rowBytes(512)).isEqualTo(420);
        assertThat(format.rowBytes(0)).isZero();
        assertThat(format.bitsPerWeight()).isEqualTo(6.5625);
        assertThatThrownBy(() -> format.rowBytes(300))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a row of 300 elements cannot be stored as Q6_K: its length must be a multiple of 256");
    }

    static String crc(MemorySegment bytes) {
        var crc = new CRC32();
        crc.update(bytes.asByteBuffer());
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static byte[] randomBlocks(BlockFormat format, int blocks, RandomGenerator random) {
        byte[] stored = new byte[blocks * format.blockBytes()];
        random.nextBytes(stored);
        return stored;
    }

    /// Makes the scales of random blocks less than two.
    private static void finite(BlockFormat format, byte[] stored) {
        for (int block = 0; block < stored.length; block += format.blockBytes()) {
            for (int half : HALVES.get(format.type())) {
                stored[block + half + 1] &= (byte) 0xBF;
            }
        }
    }
}
