package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Blocks of 32 five-bit codes between the least and the greatest value: `x = d · q + m`.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d, half |
/// | 2 | m, half |
/// | 4 | the fifth bits of all codes, element i in bit i of 32, little-endian |
/// | 8 | 16 × (lower four bits of element i, low; of element i + 16, high) |
record Q5_1() implements WritableFormat {
    private static final int LENGTH = 32;
    private static final int BYTES = 24;

    @Override
    public GgmlType type() {
        return GgmlType.Q5_1;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from);
            float m = Half.read(blocks, from + 2);
            int fifth = FiveBits.fifth(blocks, from + 4);
            for (int i = 0; i < 16; i++) {
                into[at + i] = FiveBits.low(blocks[from + 8 + i], fifth, i) * d + m;
                into[at + 16 + i] = FiveBits.high(blocks[from + 8 + i], fifth, i) * d + m;
            }
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        int[] codes = new int[LENGTH];
        for (int block = 0; block < count; block++, from += LENGTH, at += BYTES) {
            Range range = Range.of(values, from, LENGTH, type());
            float d = (range.max() - range.min()) / 31;
            float inverse = d == 0 ? 0 : 1 / d;
            Half.write(d, type(), into, at);
            Half.write(range.min(), type(), into, at + 2);
            for (int i = 0; i < LENGTH; i++) {
                float steps = (values[from + i] - range.min()) * inverse;
                codes[i] = Math.min((int) (steps + 0.5f), 31);
            }
            FiveBits.write(codes, into, at + 4);
        }
    }
}
