package dev.cortado.model.weights;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.lang.foreign.MemorySegment;

/// One tensor as it lies in a weight file: a read-only view, valid until the [WeightSource] it came from is
/// closed.
///
/// The elements are row-major and little-endian. The view is not promised to be aligned to the element's width
/// (files of other writers need not be), so read elements with the `…_UNALIGNED` layouts of
/// [java.lang.foreign.ValueLayout].
///
/// @param bytes exactly `shape.count() · dtype.bytes()` bytes; touching them after the source is closed throws
///     [IllegalStateException]
public record StoredTensor(String name, DType dtype, Shape shape, MemorySegment bytes) {
    public StoredTensor {
        if (!holds(shape, dtype, bytes.byteSize())) {
            throw new IllegalArgumentException("tensor " + StrictJson.quoted(name) + " of " + dtype + " " + shape
                    + " cannot be " + bytes.byteSize() + " bytes");
        }
        bytes = bytes.asReadOnly();
    }

    /// Whether a tensor takes exactly this many bytes; division, because the product of an untrusted shape may
    /// overflow.
    static boolean holds(Shape shape, DType dtype, long bytes) {
        return bytes % dtype.bytes() == 0 && bytes / dtype.bytes() == shape.count();
    }
}
