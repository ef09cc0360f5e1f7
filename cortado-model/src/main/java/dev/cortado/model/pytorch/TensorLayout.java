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

    /// Lays the elements side by side, row by row.
    void copy(MemorySegment storage, MemorySegment target) {
        int rank = shape.rank();
        long width = dtype.bytes();
        long inner = rank == 0 ? 1 : shape.size(-1);
        long step = rank == 0 ? 1 : strides.getLast();
        long[] index = new long[rank];
        long written = 0;
        while (written < target.byteSize()) {
            long from = offset;
            for (int dim = 0; dim < rank - 1; dim++) {
                from += index[dim] * strides.get(dim);
            }
            copyRow(storage, from * width, step * width, target, written, inner);
            written += inner * width;
            for (int dim = rank - 2; dim >= 0 && ++index[dim] == shape.size(dim); dim--) {
                index[dim] = 0;
            }
        }
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
