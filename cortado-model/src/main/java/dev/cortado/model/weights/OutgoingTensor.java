package dev.cortado.model.weights;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.text.file.Content;
import dev.cortado.text.file.PendingFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A tensor on its way into a file. Its bytes are asked for when their turn comes, so a whole model need not be
/// in main memory, or in the file's dtype, at once.
public record OutgoingTensor(String name, DType dtype, Shape shape, Content content) {
    public OutgoingTensor {
        if (name.isEmpty() || name.equals(SafetensorsHeader.METADATA) || !isText(name)) {
            throw new IllegalArgumentException("a tensor cannot be named " + StrictJson.quoted(name));
        }
        if (shape.count() > Long.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException("tensor " + StrictJson.quoted(name) + " of " + dtype + " " + shape
                    + " has more than 2^63 - 1 bytes");
        }
    }

    // An unpaired surrogate has no place in UTF-8, and so in no header.
    private static boolean isText(String name) {
        return name.codePoints().noneMatch(point -> Character.getType(point) == Character.SURROGATE);
    }

    /// A tensor whose bytes are at hand: row-major, little-endian.
    ///
    /// @throws IllegalArgumentException when the number of bytes is not that of the shape
    public static OutgoingTensor of(String name, DType dtype, Shape shape, MemorySegment bytes) {
        return of(new StoredTensor(name, dtype, shape, bytes));
    }

    /// A copy of a stored tensor; its source must stay open until it is written.
    public static OutgoingTensor of(StoredTensor stored) {
        return new OutgoingTensor(stored.name(), stored.dtype(), stored.shape(), sink -> sink.write(stored.bytes()));
    }

    /// Appends it to a file.
    public void writeTo(PendingFile file) throws IOException {
        file.write("tensor " + StrictJson.quoted(name), bytes(), content);
    }

    /// Bytes the tensor takes in the file.
    public long bytes() {
        return shape.count() * dtype.bytes();
    }
}
