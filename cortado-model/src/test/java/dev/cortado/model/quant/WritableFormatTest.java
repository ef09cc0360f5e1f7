package dev.cortado.model.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.testkit.Seeds;
import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class WritableFormatTest {
    /// CRC-32 of what llama.cpp (the x86-64 build of de.kherud:llama 4.2.0, which has no fused multiply-add)
    /// makes of 65,536 values of [Numbers#fixed].
    private static final Map<GgmlType, String> ENCODED = Map.ofEntries(
            Map.entry(GgmlType.F32, "1fd81bad"),
            Map.entry(GgmlType.F16, "dec1e9d6"),
            Map.entry(GgmlType.BF16, "2b288ebc"),
            Map.entry(GgmlType.Q4_0, "b8526f98"),
            Map.entry(GgmlType.Q4_1, "c673bcab"),
            Map.entry(GgmlType.Q5_0, "55316c79"),
            Map.entry(GgmlType.Q5_1, "3e80f345"),
            Map.entry(GgmlType.Q8_0, "4f92dd68"),
            Map.entry(GgmlType.Q4_K, "2fab0a1c"),
            Map.entry(GgmlType.Q5_K, "3e699f91"),
            Map.entry(GgmlType.Q6_K, "6fc6ff60"));

    static Stream<WritableFormat> formats() {
        return WritableFormat.all().stream();
    }

    static Stream<WritableFormat> blocked() {
        return formats().filter(format -> format.blockLength() > 1);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void writesWhatLlamaCppWrites(WritableFormat format) {
        assertThat(BlockFormatTest.crc(MemorySegment.ofArray(encode(format, Numbers.fixed(1 << 16)))))
                .isEqualTo(ENCODED.get(format.type()));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
    void everyValueKeepsTheErrorBound(GgmlType type) {
        WritableFormat format = WritableFormat.of(type).orElseThrow();
        Seeds.repeat(100, random -> {
            float[] values = Numbers.rows(random, 1024);
            if (random.nextInt(3) == 0) {
                scale(values, Math.pow(10, random.nextDouble(-45, -4))); // down to subnormal scales, and to zero
            }
            assertBounded(format, values);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_K", "Q5_K"})
    void everyGroupKeepsTheErrorBound(GgmlType type) {
        WritableFormat format = WritableFormat.of(type).orElseThrow();
        int top = type == GgmlType.Q4_K ? 15 : 31;
        Seeds.repeat(100, random -> {
            float[] values = Numbers.rows(random, 256);
            byte[] stored = encode(format, values);
            float[] decoded = decode(format, stored);
            double scaleError = multipleError(Half.read(stored, 0));
            double minError = multipleError(Half.read(stored, 2));
            for (int group = 0; group < 256; group += 32) {
                double min = 0;
                double max = values[group];
                for (int i = group; i < group + 32; i++) {
                    min = Math.min(min, values[i]);
                    max = Math.max(max, values[i]);
                }
                // Codes that span the group are off by half a step; the fit is no worse in squares
                // weighted from rms to (on average) 2 rms; then its scale and minimum are rounded.
                double bound = Math.sqrt(2) * (max - min) / (2 * top) + top * scaleError + minError;
                assertThat(rms(values, decoded, group, 32)).isLessThanOrEqualTo(bound * (1 + 1e-5));
            }
        });
    }

    @Test
    void everyGroupOfQ6KIsClose() {
        WritableFormat format = WritableFormat.of(GgmlType.Q6_K).orElseThrow();
        Seeds.repeat(100, random -> {
            float[] values = Numbers.rows(random, 256);
            byte[] stored = encode(format, values);
            float[] decoded = decode(format, stored);
            double largest = largest(values, 0, 256);
            double scaleError = half(Half.read(stored, 208)) * 128 * 32; // of the end of the range
            for (int group = 0; group < 256; group += 16) {
                double bound = largest(values, group, 16) / 60 + largest / 200 + scaleError;
                assertThat(rms(values, decoded, group, 16)).isLessThanOrEqualTo(bound);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("blocked")
    void zerosStayZero(WritableFormat format) {
        float[] zeros = new float[512];
        zeros[3] = -0f;
        assertThat(largest(decode(format, encode(format, zeros)), 0, zeros.length))
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void constantsStayConstant(WritableFormat format) {
        for (float constant : new float[] {1, -1, 0.1f, -0.03f, 1000}) {
            float[] values = new float[256];
            Arrays.fill(values, constant);
            float[] decoded = decode(format, encode(format, values));
            assertThat(decoded).containsOnly(decoded[0]);
            assertThat(decoded[0]).isEqualTo(constant, within(Math.abs(constant) / 100));
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void encodesSegmentsAsItDoesArrays(WritableFormat format) {
        Seeds.repeat(10, random -> {
            float[] values = Numbers.rows(random, 256 * random.nextInt(1, 40));
            byte[] expected = encode(format, values);
            byte[] segment = new byte[expected.length + format.blockBytes()];
            format.encode(values, 0, values.length / format.blockLength(), MemorySegment.ofArray(segment), 1);
            assertThat(Arrays.copyOfRange(segment, format.blockBytes(), segment.length))
                    .isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
    void storingAgainWhatWasReadChangesNothing(GgmlType type) {
        WritableFormat format = WritableFormat.of(type).orElseThrow();
        boolean offset = type == GgmlType.Q4_1 || type == GgmlType.Q5_1;
        Seeds.repeat(100, random -> {
            // With a minimum, the law needs a span that is not small beside it: then float sums keep all
            // bits.
            float[] values = offset ? gaussian(random, 1024) : Numbers.rows(random, 1024);
            float[] once = decode(format, encode(format, values));
            assertThat(decode(format, encode(format, once))).isEqualTo(once);
        });
    }

    @ParameterizedTest
    @MethodSource("formats")
    void refusesWhatIsNotFinite(WritableFormat format) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] values = new float[256];
            values[77] = bad;
            assertThatThrownBy(() -> encode(format, values))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("value 77 is " + bad + ": " + format.type() + " is written for finite numbers only");
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatIsTooLargeIsRefusedNeverSpoilt(WritableFormat format) {
        Seeds.repeat(200, random -> {
            float[] values = gaussian(random, 256);
            scale(values, Math.pow(10, random.nextDouble(3, 37.5)));
            try {
                QuantError error = QuantError.of(values, decode(format, encode(format, values)), 0);
                assertThat(error.relativeRms()).isLessThan(0.15);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("too large for " + format.type());
                assertThat(e.getMessage().lines()).hasSize(1);
                assertThat(format.type()).isNotEqualTo(GgmlType.F32);
                assertThat(largest(values, 0, 256)).isGreaterThan(65504);
            }
        });
        if (format.type() != GgmlType.F32) {
            float[] huge = new float[256];
            Arrays.fill(huge, Float.MAX_VALUE);
            huge[1] = -Float.MAX_VALUE;
            assertThatThrownBy(() -> encode(format, huge)).hasMessageContaining("too large for " + format.type());
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void tinyNumbersBecomeTinyNumbers(WritableFormat format) {
        Seeds.repeat(100, random -> {
            float[] values = gaussian(random, 256);
            scale(values, Math.pow(10, random.nextDouble(-46, -8)));
            float[] decoded = decode(format, encode(format, values));
            // A scale below 2⁻²⁵ is lost, one beside it doubled at most; no format has more than 128 ·
            // 32 of a scale.
            double most = 2 * largest(values, 0, 256) + 128 * 32 * 0x1p-25;
            assertThat(largest(decoded, 0, 256)).isLessThanOrEqualTo(most);
        });
    }

    private static void assertBounded(WritableFormat format, float[] values) {
        float[] decoded = decode(format, encode(format, values));
        int length = format.blockLength();
        for (int block = 0; block < values.length; block += length) {
            Range range = Range.of(values, block, length, format.type());
            for (int i = block; i < block + length; i++) {
                double bound = bound(format.type(), range, values[i]);
                assertThat(Math.abs((double) values[i] - decoded[i]))
                        .as("%s of %s in %s", decoded[i], values[i], range)
                        .isLessThanOrEqualTo(bound);
            }
        }
    }

    /// The table of the package's page.
    private static double bound(GgmlType type, Range range, float value) {
        double a = Math.abs((double) range.extreme());
        double span = (double) range.max() - range.min();
        boolean far = (value < 0) != (range.extreme() < 0);
        return switch (type) {
            case F32 -> 0;
            case F16 -> half(value);
            case BF16 -> Math.max(Math.abs(value) * 0x1p-8, Float.MIN_NORMAL * 0x1p-8);
            case Q8_0 -> a / 254 + 127 * half(a / 127) + 1e-6 * a;
            case Q5_0 -> (far ? a / 16 : a / 32) + 16 * half(a / 16) + 1e-6 * a;
            case Q4_0 -> (far ? a / 8 : a / 16) + 8 * half(a / 8) + 1e-6 * a;
            case Q5_1 -> span / 62 + 31 * half(span / 31) + half(range.min()) + 1e-6 * a;
            case Q4_1 -> span / 30 + 15 * half(span / 15) + half(range.min()) + 1e-6 * a;
            default -> throw new IllegalArgumentException("no bound for " + type);
        };
    }

    /// The rounding error of a half float.
    private static double half(double x) {
        return Math.max(Math.abs(x) * 0x1p-11, 0x1p-25);
    }

    /// What rounding to one of 64 multiples of a stored half float loses.
    private static double multipleError(double unit) {
        return unit / 2 + 63 * half(unit) * (1 + 1e-3);
    }

    private static byte[] encode(WritableFormat format, float[] values) {
        byte[] stored = new byte[(int) format.rowBytes(values.length)];
        format.encode(values, 0, values.length / format.blockLength(), stored, 0);
        return stored;
    }

    private static float[] decode(WritableFormat format, byte[] stored) {
        int blocks = stored.length / format.blockBytes();
        float[] decoded = new float[blocks * format.blockLength()];
        format.decode(stored, 0, blocks, decoded, 0);
        return decoded;
    }

    private static double rms(float[] values, float[] decoded, int from, int length) {
        return QuantError.of(
                        Arrays.copyOfRange(values, from, from + length),
                        Arrays.copyOfRange(decoded, from, from + length),
                        0)
                .rms();
    }

    private static double largest(float[] values, int from, int length) {
        double largest = 0;
        for (int i = from; i < from + length; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static float[] gaussian(RandomGenerator random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static void scale(float[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * factor);
        }
    }
}
