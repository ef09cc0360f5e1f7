package dev.cortado.model.quant;

import java.lang.foreign.MemorySegment;

/// [Nf4] as the matrix of a projection: its values row after row.
public record Nf4Matrix(Nf4 values, long rows, long columns) implements QuantisedMatrix {
    public Nf4Matrix {
        if (rows < 0
                || columns < 1
                || columns > Integer.MAX_VALUE
                || values.count() / columns != rows
                || values.count() % columns != 0) {
            throw new IllegalArgumentException(
                    values.count() + " NF4 values are no matrix [" + rows + ", " + columns + "]");
        }
    }

    @Override
    public long bytes() {
        return values.bytes();
    }

    @Override
    public String format() {
        return "NF4";
    }

    @Override
    public void decode(long from, long count, MemorySegment floats) {
        float[] row = new float[(int) columns];
        for (long r = 0; r < count; r++) {
            values.decode((from + r) * columns, row.length, row, 0);
            MemorySegment.copy(row, 0, floats, Pieces.F32, r * columns * Float.BYTES, row.length);
        }
    }
}
