package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// bfloat16, little-endian: the upper half of a binary32, so its range with 8 bits of precision.
record Bf16() implements WritableFormat {
    @Override
    public GgmlType type() {
        return GgmlType.BF16;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int i = 0; i < count; i++) {
            int b = from + 2 * i;
            into[at + i] = Float.intBitsToFloat(((blocks[b] & 0xFF) | (blocks[b + 1] << 8)) << 16);
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        if (count > 0) {
            Range.of(values, from, count, type()); // refuses what is not finite
        }
        for (int i = 0; i < count; i++) {
            int bits = Float.floatToRawIntBits(values[from + i]);
            // To nearest, ties to even: half a unit of the last kept bit, less one unless that bit is
            // odd.
            int rounded = (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
            if ((rounded & 0x7F80) == 0x7F80) {
                throw new IllegalArgumentException(
                        "value " + (from + i) + " is " + values[from + i] + ": too large for " + type());
            }
            into[at + 2 * i] = (byte) rounded;
            into[at + 2 * i + 1] = (byte) (rounded >> 8);
        }
    }
}
