package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Super-blocks of 256 two-bit codes in 16 groups of 16, every group with a four-bit scale and a four-bit minimum:
/// `x = d · s · q − dmin · m`. Read only.
///
/// | byte | holds |
/// |---|---|
/// | 0 | 16 × (s of the group, low; m, high) |
/// | 16 | 64 × four codes: elements l, l + 32, l + 64, l + 96 of 128, lowest bits first |
/// | 80 | d, half |
/// | 82 | dmin, half |
record Q2_K() implements BlockFormat {
    private static final int LENGTH = 256;
    private static final int BYTES = 84;

    @Override
    public GgmlType type() {
        return GgmlType.Q2_K;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from + 80);
            float dmin = Half.read(blocks, from + 82);
            for (int group = 0; group < 16; group++) {
                float scale = d * (blocks[from + group] & 15);
                float min = dmin * ((blocks[from + group] >> 4) & 15);
                // Groups 2j and 2j + 1 are the first and the second half of 32 bytes, bits 2j
                // (modulo 8) and up.
                int codes = from + 16 + group / 8 * 32 + group % 2 * 16;
                int shift = group / 2 % 4 * 2;
                for (int i = 0; i < 16; i++) {
                    into[at + 16 * group + i] = scale * ((blocks[codes + i] >> shift) & 3) - min;
                }
            }
        }
    }
}
