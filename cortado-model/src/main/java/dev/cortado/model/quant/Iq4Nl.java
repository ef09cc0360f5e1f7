package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Blocks of 32 four-bit codes into a fixed list of levels, denser around zero (`kvalues_iq4nl` of ggml-common.h):
/// `x = d · level[q]`. Read only: its codes are only as good as the importance matrix they were chosen with.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d, half |
/// | 2 | 16 × (q of element i, low; q of element i + 16, high) |
record Iq4Nl() implements BlockFormat {
    private static final int LENGTH = 32;
    private static final int BYTES = 18;
    private static final float[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    @Override
    public GgmlType type() {
        return GgmlType.IQ4_NL;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from);
            for (int i = 0; i < 16; i++) {
                into[at + i] = d * LEVELS[blocks[from + 2 + i] & 15];
                into[at + 16 + i] = d * LEVELS[(blocks[from + 2 + i] >> 4) & 15];
            }
        }
    }
}
