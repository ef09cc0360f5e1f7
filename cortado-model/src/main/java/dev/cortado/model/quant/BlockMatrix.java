package dev.cortado.model.quant;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.LongUnaryOperator;

/// A matrix whose rows are runs of blocks in one segment, such as a mapped file: read in place, nothing is copied.
/// The rows may lie in another order than they are asked for.
public final class BlockMatrix implements QuantisedMatrix {
    private final BlockFormat format;
    private final long rows;
    private final long columns;
    private final long rowBytes;
    private final MemorySegment blocks;
    private final LongUnaryOperator place;

    /// A matrix whose rows lie in order.
    ///
    /// @param blocks all rows, one after the other
    /// @throws IllegalArgumentException if rows cannot be cut into blocks or the segment is of another size
    public BlockMatrix(BlockFormat format, long rows, long columns, MemorySegment blocks) {
        this(format, rows, columns, blocks, LongUnaryOperator.identity());
    }

    /// A matrix whose row r is the one stored in place `place(r)`.
    public BlockMatrix(BlockFormat format, long rows, long columns, MemorySegment blocks, LongUnaryOperator place) {
        this.format = format;
        this.rows = rows;
        this.columns = columns;
        this.rowBytes = format.rowBytes(columns);
        this.blocks = blocks.asReadOnly();
        this.place = place;
        if (rows < 0 || Math.multiplyHigh(rows, rowBytes) != 0 || rows * rowBytes != blocks.byteSize()) {
            throw new IllegalArgumentException(
                    blocks.byteSize() + " bytes are no matrix [" + rows + ", " + columns + "] of " + format.type());
        }
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long columns() {
        return columns;
    }

    @Override
    public long bytes() {
        return blocks.byteSize();
    }

    @Override
    public String format() {
        return format.type().name();
    }

    /// How each row is stored.
    public BlockFormat blockFormat() {
        return format;
    }

    /// The blocks of one row; read-only.
    public MemorySegment row(long row) {
        Objects.checkIndex(row, rows);
        return blocks.asSlice(place.applyAsLong(row) * rowBytes, rowBytes);
    }

    @Override
    public void decode(long from, long count, MemorySegment floats) {
        Objects.checkFromIndexSize(from, count, rows);
        // Rows in places next to each other are one run of blocks.
        for (long done = 0; done < count; ) {
            long first = place.applyAsLong(from + done);
            long run = 1;
            while (done + run < count && place.applyAsLong(from + done + run) == first + run) {
                run++;
            }
            format.decode(
                    blocks.asSlice(first * rowBytes, run * rowBytes),
                    floats.asSlice(done * columns * Float.BYTES, run * columns * Float.BYTES));
            done += run;
        }
    }
}
