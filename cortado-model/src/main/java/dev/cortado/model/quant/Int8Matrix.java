package dev.cortado.model.quant;

import java.lang.foreign.MemorySegment;

/// [Int8Rows] as the matrix of a projection.
public record Int8Matrix(Int8Rows codes) implements QuantisedMatrix {
    @Override
    public long rows() {
        return codes.rows();
    }

    @Override
    public long columns() {
        return codes.columns();
    }

    @Override
    public long bytes() {
        return codes.bytes();
    }

    @Override
    public String format() {
        return "INT8";
    }

    @Override
    public void decode(long from, long count, MemorySegment floats) {
        float[] row = new float[codes.columns()];
        for (long r = 0; r < count; r++) {
            codes.decode(from + r, row, 0);
            MemorySegment.copy(row, 0, floats, Pieces.F32, r * columns() * Float.BYTES, row.length);
        }
    }
}
