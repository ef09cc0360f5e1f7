package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.MemorySegment;

/// Numbers as they are: IEEE 754 binary32, little-endian.
record F32() implements WritableFormat {
    @Override
    public GgmlType type() {
        return GgmlType.F32;
    }

    @Override
    public void decode(byte[] blocks, int from, int count, float[] into, int at) {
        MemorySegment.copy(MemorySegment.ofArray(blocks), Pieces.F32, from, into, at, count);
    }

    @Override
    public void encode(float[] values, int from, int count, byte[] into, int at) {
        if (count > 0) {
            Range.of(values, from, count, type()); // refuses what is not finite
        }
        MemorySegment.copy(values, from, MemorySegment.ofArray(into), Pieces.F32, at, count);
    }
}
