package dev.cortado.model.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// A tensor in 4-bit NormalFloat with double quantisation (Dettmers et al. 2023, "QLoRA", arXiv:2305.14314, section
/// 3).
///
/// Every 64 values are divided by their largest magnitude, and each becomes the nearest of 16 levels that are the
/// quantiles of a normal distribution. The magnitudes less their mean are stored in 8 bits themselves ([DynamicMap]),
/// every 256 of them with one F32 scale: `4 + 8/64 + 32/(64 · 256) = 4.127` bits a weight and four bytes for the
/// mean.
///
/// The parts are those of bitsandbytes: `weight` (two codes a byte, the first one high), `absmax`, `nested_absmax`
/// and `nested_offset`.
///
/// With A the largest magnitude of a block and D the largest distance from the mean in its group of magnitudes, a
/// value is off by no more than `0.152 · A + 0.0071 · D`: half the widest gap of the levels, and half that of the
/// map.
public final class Nf4 {
    /// Values that share a scale.
    public static final int BLOCK = 64;

    /// Scales that share a scale.
    public static final int GROUP = 256;

    /// Appendix E of the paper, and `create_normal_map` of bitsandbytes.
    private static final float[] LEVELS = {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    };

    private static final int ZERO = 7;

    private final long count;
    private final MemorySegment codes;
    private final MemorySegment scaleCodes;
    private final MemorySegment groupScales;
    private final float mean;

    /// A tensor that is stored already.
    ///
    /// @param count its values, row-major
    /// @param codes a byte for every two values, the first one in the upper four bits
    /// @param scaleCodes a byte for every [#BLOCK] values
    /// @param groupScales a little-endian F32 for every [#GROUP] blocks
    /// @param mean what the blocks' scales had subtracted
    /// @throws IllegalArgumentException if the sizes do not agree
    public Nf4(long count, MemorySegment codes, MemorySegment scaleCodes, MemorySegment groupScales, float mean) {
        long blocks = Math.ceilDiv(count, (long) BLOCK);
        if (count < 0
                || codes.byteSize() != Math.ceilDiv(count, 2L)
                || scaleCodes.byteSize() != blocks
                || groupScales.byteSize() != Float.BYTES * Math.ceilDiv(blocks, (long) GROUP)) {
            throw new IllegalArgumentException(codes.byteSize() + " bytes of codes, " + scaleCodes.byteSize()
                    + " of scales and " + groupScales.byteSize() + " of F32 group scales are no NF4 tensor of " + count
                    + " values");
        }
        this.count = count;
        this.codes = codes.asReadOnly();
        this.scaleCodes = scaleCodes.asReadOnly();
        this.groupScales = groupScales.asReadOnly();
        this.mean = mean;
    }

    /// Quantises a tensor on the heap's account: at most 2³² values.
    ///
    /// @param values little-endian F32
    /// @throws IllegalArgumentException if they are too many or not all finite
    public static Nf4 encode(MemorySegment values) {
        long count = values.byteSize() / Float.BYTES;
        if (values.byteSize() % Float.BYTES != 0 || count / 2 >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException(values.byteSize()
                    + " bytes are no F32 values that NF4 can hold on the heap: at most 2^32 values, whole ones");
        }
        byte[] codes = new byte[(int) Math.ceilDiv(count, 2L)];
        float[] scales = new float[(int) Math.ceilDiv(count, (long) BLOCK)];
        float[] block = new float[BLOCK];
        double sum = 0;
        for (int b = 0; b < scales.length; b++) {
            long from = (long) b * BLOCK;
            int length = (int) Math.min(BLOCK, count - from);
            MemorySegment.copy(values, Pieces.F32, from * Float.BYTES, block, 0, length);
            scales[b] = encode(block, length, from, codes, b * (BLOCK / 2));
            sum += scales[b];
        }
        float mean = scales.length == 0 ? 0 : (float) (sum / scales.length);
        byte[] scaleCodes = new byte[scales.length];
        float[] groupScales = new float[Math.ceilDiv(scales.length, GROUP)];
        for (int g = 0; g < groupScales.length; g++) {
            groupScales[g] = encodeScales(scales, mean, g * GROUP, scaleCodes);
        }
        return new Nf4(
                count,
                MemorySegment.ofArray(codes),
                MemorySegment.ofArray(scaleCodes),
                MemorySegment.ofArray(groupScales),
                mean);
    }

    /// Encodes one block, the last of which may be short, and returns its scale.
    private static float encode(float[] block, int length, long from, byte[] codes, int at) {
        float most = 0;
        for (int i = 0; i < length; i++) {
            if (!Float.isFinite(block[i])) {
                throw new IllegalArgumentException(
                        "value " + (from + i) + " is " + block[i] + ": only finite numbers can be quantised to NF4");
            }
            most = Math.max(most, Math.abs(block[i]));
        }
        for (int i = 0; i < length; i += 2) {
            int first = nearest(most == 0 ? 0 : block[i] / most);
            int second = i + 1 == length ? ZERO : nearest(most == 0 ? 0 : block[i + 1] / most);
            codes[at + i / 2] = (byte) ((first << 4) | second);
        }
        return most;
    }

    /// The level nearest to a number from −1 to 1, the lower one of two.
    private static int nearest(float x) {
        int code = 0;
        while (code < LEVELS.length - 1 && x > (LEVELS[code] + LEVELS[code + 1]) / 2) {
            code++;
        }
        return code;
    }

    /// Encodes the scales of one group and returns the scale of theirs.
    private static float encodeScales(float[] scales, float mean, int from, byte[] codes) {
        int to = Math.min(scales.length, from + GROUP);
        float most = 0;
        for (int b = from; b < to; b++) {
            most = Math.max(most, Math.abs(scales[b] - mean));
        }
        for (int b = from; b < to; b++) {
            codes[b] = (byte) DynamicMap.nearest(most == 0 ? 0 : (scales[b] - mean) / most);
        }
        return most;
    }

    /// Decodes `length` values, the first of which is value number `from` of the tensor.
    public void decode(long from, int length, float[] into, int at) {
        Objects.checkFromIndexSize(from, length, count);
        Objects.checkFromIndexSize(at, length, into.length);
        byte[] pairs = new byte[BLOCK / 2];
        float[] values = new float[BLOCK];
        long end = from + length;
        for (long block = from / BLOCK; block * BLOCK < end; block++) {
            long first = block * BLOCK;
            int pairCount = (int) Math.min(pairs.length, codes.byteSize() - first / 2);
            MemorySegment.copy(codes, ValueLayout.JAVA_BYTE, first / 2, pairs, 0, pairCount);
            float scale = scale(block);
            int low = (int) (Math.max(from, first) - first);
            int high = (int) (Math.min(end, first + BLOCK) - first);
            for (int i = 0; i < pairCount; i++) {
                values[2 * i] = LEVELS[(pairs[i] >> 4) & 15] * scale;
                values[2 * i + 1] = LEVELS[pairs[i] & 15] * scale;
            }
            System.arraycopy(values, low, into, at + (int) (first + low - from), high - low);
        }
    }

    /// What a block's levels are multiplied with.
    public float scale(long block) {
        int code = scaleCodes.get(ValueLayout.JAVA_BYTE, block) & 0xFF;
        return DynamicMap.value(code) * groupScales.get(Pieces.F32, block / GROUP * Float.BYTES) + mean;
    }

    /// The values of the tensor.
    public long count() {
        return count;
    }

    /// Two codes a byte; read-only, like the other parts.
    public MemorySegment codes() {
        return codes;
    }

    /// A code of the dynamic map for every block.
    public MemorySegment scaleCodes() {
        return scaleCodes;
    }

    /// A little-endian F32 for every group of blocks.
    public MemorySegment groupScales() {
        return groupScales;
    }

    /// What the blocks' scales had subtracted.
    public float mean() {
        return mean;
    }

    /// What all of it takes.
    public long bytes() {
        return codes.byteSize() + scaleCodes.byteSize() + groupScales.byteSize() + Float.BYTES;
    }
}
