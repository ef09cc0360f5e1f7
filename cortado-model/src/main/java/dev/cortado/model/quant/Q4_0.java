package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Blocks of 32 four-bit codes with one scale: `x = d · (q − 8)`. The value of the largest magnitude becomes code 0,
/// whatever its sign (so d may be negative); the far end of the other sign is cut at code 15.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d, half |
/// | 2 | 16 × (q of element i, low; q of element i + 16, high) |
record Q4_0() implements WritableFormat {
    private static final int LENGTH = 32;
    private static final int BYTES = 18;

    @Override
    public GgmlType type() {
        return GgmlType.Q4_0;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from);
            for (int i = 0; i < 16; i++) {
                into[at + i] = ((blocks[from + 2 + i] & 15) - 8) * d;
            }
            for (int i = 0; i < 16; i++) {
                into[at + 16 + i] = (((blocks[from + 2 + i] >> 4) & 15) - 8) * d;
            }
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        for (int block = 0; block < count; block++, from += LENGTH, at += BYTES) {
            float d = Range.of(values, from, LENGTH, type()).extreme() / -8;
            float inverse = d == 0 ? 0 : 1 / d;
            Half.write(d, type(), into, at);
            for (int i = 0; i < 16; i++) {
                int low = code(values[from + i] * inverse);
                int high = code(values[from + 16 + i] * inverse);
                into[at + 2 + i] = (byte) (low | (high << 4));
            }
        }
    }

    private static int code(float steps) {
        return Math.clamp((int) (steps + 8.5f), 0, 15);
    }
}
