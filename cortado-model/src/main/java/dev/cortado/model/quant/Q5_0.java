package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Blocks of 32 five-bit codes with one scale: `x = d · (q − 16)`. As in [Q4_0] the value of the largest magnitude
/// becomes code 0.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d, half |
/// | 2 | the fifth bits of all codes, element i in bit i of 32, little-endian |
/// | 6 | 16 × (lower four bits of element i, low; of element i + 16, high) |
record Q5_0() implements WritableFormat {
    private static final int LENGTH = 32;
    private static final int BYTES = 22;

    @Override
    public GgmlType type() {
        return GgmlType.Q5_0;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from);
            int fifth = FiveBits.fifth(blocks, from + 2);
            for (int i = 0; i < 16; i++) {
                into[at + i] = (FiveBits.low(blocks[from + 6 + i], fifth, i) - 16) * d;
                into[at + 16 + i] = (FiveBits.high(blocks[from + 6 + i], fifth, i) - 16) * d;
            }
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        int[] codes = new int[LENGTH];
        for (int block = 0; block < count; block++, from += LENGTH, at += BYTES) {
            float d = Range.of(values, from, LENGTH, type()).extreme() / -16;
            float inverse = d == 0 ? 0 : 1 / d;
            Half.write(d, type(), into, at);
            for (int i = 0; i < LENGTH; i++) {
                float steps = values[from + i] * inverse;
                codes[i] = Math.clamp((int) (steps + 16.5f), 0, 31);
            }
            FiveBits.write(codes, into, at + 2);
        }
    }
}
