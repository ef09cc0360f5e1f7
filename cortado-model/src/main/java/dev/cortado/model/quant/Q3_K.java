package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Super-blocks of 256 three-bit codes in 16 groups of 16, every group with a six-bit scale:
/// `x = d · (s − 32) · (q − 4)`. Read only.
///
/// | byte | holds |
/// |---|---|
/// | 0 | 32 × the third bits of elements l, l + 32, …, l + 224, lowest bit first |
/// | 32 | 64 × the lower two bits of elements l, l + 32, l + 64, l + 96 of 128, lowest bits first |
/// | 96 | 8 × the lower four bits of s (group j, low; group j + 8, high) |
/// | 104 | 4 × the upper two bits of s of groups j, j + 4, j + 8, j + 12, lowest bits first |
/// | 108 | d, half |
record Q3_K() implements BlockFormat {
    private static final int LENGTH = 256;
    private static final int BYTES = 110;

    @Override
    public GgmlType type() {
        return GgmlType.Q3_K;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from + 108);
            for (int group = 0; group < 16; group++) {
                float scale = d * (scale(blocks, from + 96, group) - 32);
                int third = from + group % 2 * 16;
                int lower = from + 32 + group / 8 * 32 + group % 2 * 16;
                int bit = group / 2;
                int shift = group / 2 % 4 * 2;
                for (int i = 0; i < 16; i++) {
                    int code = ((blocks[lower + i] >> shift) & 3) | (((blocks[third + i] >> bit) & 1) << 2);
                    into[at + 16 * group + i] = scale * (code - 4);
                }
            }
        }
    }

    private static int scale(byte[] blocks, int at, int group) {
        int lower = (blocks[at + group % 8] >> (group / 8 * 4)) & 15;
        int upper = (blocks[at + 8 + group % 4] >> (group / 4 * 2)) & 3;
        return lower | (upper << 4);
    }
}
