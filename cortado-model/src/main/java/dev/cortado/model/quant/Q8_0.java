package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Blocks of 32 signed bytes with one scale: `x = d · q`, q from −127 to 127.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d, half |
/// | 2 | 32 × q, signed |
record Q8_0() implements WritableFormat {
    private static final int LENGTH = 32;
    private static final int BYTES = 34;

    @Override
    public GgmlType type() {
        return GgmlType.Q8_0;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int block = 0; block < count; block++, from += BYTES, at += LENGTH) {
            float d = Half.read(blocks, from);
            for (int i = 0; i < LENGTH; i++) {
                into[at + i] = blocks[from + 2 + i] * d;
            }
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        for (int block = 0; block < count; block++, from += LENGTH, at += BYTES) {
            float d = Math.abs(Range.of(values, from, LENGTH, type()).extreme()) / 127;
            float inverse = d == 0 ? 0 : 1 / d;
            Half.write(d, type(), into, at);
            for (int i = 0; i < LENGTH; i++) {
                double code = values[from + i] * inverse; // rounded to float, then halves away from zero as in C
                into[at + 2 + i] = (byte) Math.clamp((long) (code + Math.copySign(0.5, code)), -127, 127);
            }
        }
    }
}
