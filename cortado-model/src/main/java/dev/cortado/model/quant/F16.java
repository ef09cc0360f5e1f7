package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// IEEE 754 binary16, little-endian: 11 bits of precision, magnitudes up to 65,504, steps of 2⁻²⁴ below 2⁻¹⁴.
record F16() implements WritableFormat {
    @Override
    public GgmlType type() {
        return GgmlType.F16;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        for (int i = 0; i < count; i++) {
            into[at + i] = Half.read(blocks, from + 2 * i);
        }
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        if (count > 0) {
            Range.of(values, from, count, type()); // refuses what is not finite
        }
        for (int i = 0; i < count; i++) {
            Half.write(values[from + i], type(), into, at + 2 * i);
        }
    }
}
