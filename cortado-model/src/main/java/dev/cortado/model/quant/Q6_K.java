package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;
import java.util.Arrays;

/// Super-blocks of 256 six-bit codes in 16 groups of 16, every group with an eight-bit scale: `x = d · s · (q − 32)`.
///
/// | byte | holds |
/// |---|---|
/// | 0 | 2 × 64 bytes for 128 elements: the lower four bits of l (low) and l + 64 (high), l from 0 to 63 |
/// | 128 | 2 × 32 × the upper two bits of elements l, l + 32, l + 64, l + 96 of 128, lowest bits first |
/// | 192 | 16 × s, signed |
/// | 208 | d, half |
record Q6_K() implements WritableFormat {
    private static final int LENGTH = 256;
    private static final int BYTES = 210;
    private static final int GROUPS = LENGTH / SymmetricFit.LENGTH;

    @Override
    public GgmlType type() {
        return GgmlType.Q6_K;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from + 208);
            for (int group = 0; group < GROUPS; group++) {
                float scale = d * blocks[from + 192 + group];
                int lower = from + group / 8 * 64 + group % 4 * 16;
                int lowerShift = group / 4 % 2 * 4;
                int upper = from + 128 + group / 8 * 32 + group % 2 * 16;
                int upperShift = group / 2 % 4 * 2;
                for (int i = 0; i < 16; i++) {
                    int code =
                            ((blocks[lower + i] >> lowerShift) & 15) | (((blocks[upper + i] >> upperShift) & 3) << 4);
                    into[at + 16 * group + i] = scale * (code - 32);
                }
            }
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        int[] codes = new int[LENGTH];
        for (int block = 0; block < count; block++, from += LENGTH, at += BYTES) {
            Range range = Range.of(values, from, LENGTH, type());
            // A fit's scale exceeds extreme / 32 by little. Checked here, because squares of larger
            // values overflow.
            Half.check(range.extreme() / (30 * 128), type());
            if (!scales(values, from, codes, into, at)) {
                Arrays.fill(into, at, at + BYTES, (byte) 0);
                continue;
            }
            for (int i = 0; i < 128; i++) {
                int first = i / 64 * 128 + i % 64;
                into[at + i] = (byte) ((codes[first] & 15) | ((codes[first + 64] & 15) << 4));
            }
            for (int i = 0; i < 64; i++) {
                int first = i / 32 * 128 + i % 32;
                into[at + 128 + i] = (byte) ((codes[first] >> 4)
                        | ((codes[first + 32] >> 4) << 2)
                        | ((codes[first + 64] >> 4) << 4)
                        | ((codes[first + 96] >> 4) << 6));
            }
        }
    }

    /// Writes the scales of a block and gives its codes under them; false if the block is as good as zero.
    private boolean scales(float[] values, int from, int[] codes, byte[] into, int at) {
        float[] scales = new float[GROUPS];
        float most = 0;
        for (int group = 0; group < GROUPS; group++) {
            int first = group * SymmetricFit.LENGTH;
            scales[group] = SymmetricFit.fit(values, from + first, codes, first);
            most = Math.abs(scales[group]) > Math.abs(most) ? scales[group] : most;
        }
        if (Math.abs(most) < SymmetricFit.NOTHING) {
            return false;
        }
        float inverse = -128 / most;
        float d = Half.write(1 / inverse, type(), into, at + 208);
        for (int group = 0; group < GROUPS; group++) {
            int scale = Math.min(127, (int) Math.rint(inverse * scales[group]));
            into[at + 192 + group] = (byte) scale;
            if (d * scale == 0) {
                continue; // all codes mean zero, and the reference keeps those of the fit
            }
            for (int i = group * 16; i < group * 16 + 16; i++) {
                codes[i] = SymmetricFit.code(values[from + i] / (d * scale)) - SymmetricFit.LOWEST;
            }
        }
        return true;
    }
}
