package dev.cortado.model.pytorch;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// How a tensor lies in its storage: element `[i, j, …]` is number `offset + i · strides[0] + j · strides[1] + …`.
///
/// @param offset  elements before the first
/// @param strides elements between neighbours along a dimension, one for each
record TensorLayout(DType dtype, long offset, Shape shape, List<Long> strides) {
    // Rows and columns whose cache lines are all held while a tile is copied.
    private static final long TILE = 32;

    TensorLayout {
        strides = List.copyOf(strides);
        if (strides.size() != shape.rank()) {
            throw new IllegalArgumentException(
                    "has " + strides.size() + " strides for " + shape.rank() + " dimensions");
        }
        if (offset < 0 || strides.stream().anyMatch(stride -> stride < 0)) {
            throw new IllegalArgumentException("has a negative offset or stride: " + offset + ", " + strides);
        }
    }

    /// Bytes of the elements side by side, at most 2^63 − 1.
    ///
    /// @throws IllegalArgumentException when they are more
    long bytes() {
        try {
            return Math.multiplyExact(shape.count(), dtype.bytes());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("has shape " + shape + ", too many elements", e);
        }
    }

    /// @throws IllegalArgumentException when an element lies behind the end of the storage
    void requireWithin(long storageBytes) {
        if (shape.count() == 0) {
            return;
        }
        try {
            long last = offset;
            for (int dim = 0; dim < shape.rank(); dim++) {
                last = Math.addExact(last, Math.multiplyExact(shape.size(dim) - 1, strides.get(dim)));
            }
            if (last < storageBytes / dtype.bytes()) {
                return;
            }
        } catch (ArithmeticException _) {
            // The element's number does not even fit 64 bits.
        }
        throw new IllegalArgumentException("of " + dtype + " " + shape + " with strides " + strides + " from element "
                + offset + " on reaches behind the " + storageBytes + " bytes of its storage");
    }

    /// Whether the elements lie side by side, row by row. The stride along a dimension of one element says
    /// nothing.
    boolean contiguous() {
        long expected = 1;
        for (int dim = shape.rank() - 1; dim >= 0; dim--) {
            if (shape.size(dim) != 1 && strides.get(dim) != expected) {
                return shape.count() == 0;
            }
            expected *= shape.size(dim);
        }
        return true;
    }

    /// The bytes of a contiguous tensor.
    MemorySegment view(MemorySegment storage) {
        return shape.count() == 0 ? storage.asSlice(0, 0) : storage.asSlice(offset * dtype.bytes(), bytes());
    }

    /// Lays the elements side by side, row by row. `target` has exactly their bytes, and there are some.
    void copy(MemorySegment storage, MemorySegment target) {
        int outer = Math.max(0, shape.rank() - 2);
        long[] index = new long[outer];
        long matrixBytes = size(2) * size(1) * dtype.bytes();
        for (long written = 0; written < target.byteSize(); written += matrixBytes) {
            long from = offset;
            for (int dim = 0; dim < outer; dim++) {
                from += index[dim] * strides.get(dim);
            }
            copyMatrix(storage, from, target.asSlice(written, matrixBytes));
            for (int dim = outer - 1; dim >= 0 && ++index[dim] == shape.size(dim); dim--) {
                index[dim] = 0;
            }
        }
    }

    /// The last two dimensions, in tiles: of a transposed matrix neighbours in a row are far apart, those in a
    /// column side by side.
    private void copyMatrix(MemorySegment storage, long from, MemorySegment target) {
        long rows = size(2);
        long columns = size(1);
        long width = dtype.bytes();
        for (long top = 0; top < rows; top += TILE) {
            for (long left = 0; left < columns; left += TILE) {
                long count = Math.min(TILE, columns - left);
                for (long row = top; row < Math.min(top + TILE, rows); row++) {
                    long first = from + row * stride(2) + left * stride(1);
                    copyRow(storage, first * width, stride(1) * width, target, (row * columns + left) * width, count);
                }
            }
        }
    }

    /// The size of a dimension counted from the last, 1.
    private long size(int fromLast) {
        return shape.rank() < fromLast ? 1 : shape.size(-fromLast);
    }

    private long stride(int fromLast) {
        return shape.rank() < fromLast ? 0 : strides.get(shape.rank() - fromLast);
    }

    private void copyRow(MemorySegment from, long at, long step, MemorySegment to, long start, long count) {
        switch (dtype.bytes()) {
            case 1 -> {
                for (long i = 0; i < count; i++) {
                    to.set(ValueLayout.JAVA_BYTE, start + i, from.get(ValueLayout.JAVA_BYTE, at + i * step));
                }
            }
            case 2 -> {
                for (long i = 0; i < count; i++) {
                    short element = from.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + i * step);
                    to.set(ValueLayout.JAVA_SHORT_UNALIGNED, start + 2 * i, element);
                }
            }
            case 4 -> {
                for (long i = 0; i < count; i++) {
                    int element = from.get(ValueLayout.JAVA_INT_UNALIGNED, at + i * step);
                    to.set(ValueLayout.JAVA_INT_UNALIGNED, start + 4 * i, element);
                }
            }
            default -> {
                for (long i = 0; i < count; i++) {
                    long element = from.get(ValueLayout.JAVA_LONG_UNALIGNED, at + i * step);
                    to.set(ValueLayout.JAVA_LONG_UNALIGNED, start + 8 * i, element);
                }
            }
        }
    }
}
