package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Super-blocks of 256 four-bit codes in eight groups of 32, every group with a six-bit scale and minimum:
/// `x = d · s · q − dmin · m`.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d and dmin, halves |
/// | 4 | s and m of every group, [SixBitScales] |
/// | 16 | 4 × 32 bytes, each 32 a pair of groups: the code of the first group's element low, of the second's high |
record Q4_K() implements WritableFormat {
    private static final int LENGTH = AffineBlock.LENGTH;
    private static final int BYTES = 144;

    @Override
    public GgmlType type() {
        return GgmlType.Q4_K;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from);
            float dmin = Half.read(blocks, from + 2);
            for (int group = 0; group < SixBitScales.GROUPS; group++) {
                float scale = d * SixBitScales.scale(blocks, from + 4, group);
                float min = dmin * SixBitScales.min(blocks, from + 4, group);
                int codes = from + 16 + group / 2 * 32;
                int shift = group % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    into[at + 32 * group + i] = scale * ((blocks[codes + i] >> shift) & 15) - min;
                }
            }
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        var encoder = new AffineBlock(type(), 15, new AffineFit(15, -1, 21));
        int[] codes = new int[LENGTH];
        for (int block = 0; block < count; block++, from += LENGTH, at += BYTES) {
            encoder.encode(values, from, codes, into, at);
            for (int i = 0; i < 128; i++) {
                int first = i / 32 * 64 + i % 32;
                into[at + 16 + i] = (byte) (codes[first] | (codes[first + 32] << 4));
            }
        }
    }
}
