package dev.cortado.model.weights;

import dev.cortado.model.quant.QuantisedMatrix;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SequencedSet;

/// Named tensors in storage, whatever the format: all that building a model needs to know about its weights.
///
/// Thread-safe while open. Closing invalidates every view handed out, and closing again does nothing.
public interface WeightSource extends AutoCloseable {
    /// The file or folder the tensors come from, for messages.
    Path path();

    /// All tensor names, in the order of the file (or of the index of several files).
    SequencedSet<String> names();

    /// A view of one tensor; empty when there is none of that name. One stored in a format of blocks is decoded.
    Optional<StoredTensor> find(String name);

    /// A matrix as the file stores it in blocks of a narrower number format, readable in place; empty when it is
    /// stored as plain numbers, or not at all.
    default Optional<QuantisedMatrix> blocks(String name) {
        return Optional.empty();
    }

    /// Lets go of what is in main memory only because it was read; it is read again when it is needed.
    default void release() {}

    @Override
    void close();
}
