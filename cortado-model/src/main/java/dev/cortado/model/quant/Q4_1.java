package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Blocks of 32 four-bit codes between the least and the greatest value: `x = d · q + m`.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d, half |
/// | 2 | m, half |
/// | 4 | 16 × (q of element i, low; q of element i + 16, high) |
record Q4_1() implements WritableFormat {
    private static final int LENGTH = 32;
    private static final int BYTES = 20;

    @Override
    public GgmlType type() {
        return GgmlType.Q4_1;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from);
            float m = Half.read(blocks, from + 2);
            for (int i = 0; i < 16; i++) {
                into[at + i] = (blocks[from + 4 + i] & 15) * d + m;
            }
            for (int i = 0; i < 16; i++) {
                into[at + 16 + i] = ((blocks[from + 4 + i] >> 4) & 15) * d + m;
            }
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        for (int block = 0; block < count; block++, from += LENGTH, at += BYTES) {
            Range range = Range.of(values, from, LENGTH, type());
            float d = (range.max() - range.min()) / 15;
            float inverse = d == 0 ? 0 : 1 / d;
            Half.write(d, type(), into, at);
            Half.write(range.min(), type(), into, at + 2);
            for (int i = 0; i < 16; i++) {
                int low = code((values[from + i] - range.min()) * inverse);
                int high = code((values[from + 16 + i] - range.min()) * inverse);
                into[at + 4 + i] = (byte) (low | (high << 4));
            }
        }
    }

    private static int code(float steps) {
        return Math.min((int) (steps + 0.5f), 15);
    }
}
