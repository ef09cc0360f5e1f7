package dev.cortado.model.onnx;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A matrix the other way round.
final class Transposition {
    // 32 rows of 4-byte elements: a tile of both sides stays in the first cache.
    private static final int TILE = 32;

    private Transposition() {}

    /// A copy of a stored matrix [rows, columns] as [columns, rows], in memory of the arena.
    static StoredTensor of(StoredTensor matrix, String name, Arena arena) {
        long rows = matrix.shape().size(0);
        long columns = matrix.shape().size(1);
        MemorySegment to = arena.allocate(matrix.bytes().byteSize());
        for (long row = 0; row < rows && columns > 0; row += TILE) { // an empty matrix may claim 2^60 rows
            for (long column = 0; column < columns; column += TILE) {
                tile(matrix, to, row, column);
            }
        }
        return new StoredTensor(name, matrix.dtype(), Shape.of(columns, rows), to);
    }

    private static void tile(StoredTensor matrix, MemorySegment to, long firstRow, long firstColumn) {
        MemorySegment from = matrix.bytes();
        int width = matrix.dtype().bytes();
        long rows = matrix.shape().size(0);
        long columns = matrix.shape().size(1);
        for (long column = firstColumn; column < Math.min(columns, firstColumn + TILE); column++) {
            for (long row = firstRow; row < Math.min(rows, firstRow + TILE); row++) {
                long source = (row * columns + column) * width;
                long target = (column * rows + row) * width;
                // Whatever the elements mean, they are moved as bits.
                switch (width) {
                    case 1 -> to.set(ValueLayout.JAVA_BYTE, target, from.get(ValueLayout.JAVA_BYTE, source));
                    case 2 ->
                        to.set(
                                ValueLayout.JAVA_SHORT_UNALIGNED,
                                target,
                                from.get(ValueLayout.JAVA_SHORT_UNALIGNED, source));
                    case 4 ->
                        to.set(
                                ValueLayout.JAVA_INT_UNALIGNED,
                                target,
                                from.get(ValueLayout.JAVA_INT_UNALIGNED, source));
                    default ->
                        to.set(
                                ValueLayout.JAVA_LONG_UNALIGNED,
                                target,
                                from.get(ValueLayout.JAVA_LONG_UNALIGNED, source));
                }
            }
        }
    }
}
