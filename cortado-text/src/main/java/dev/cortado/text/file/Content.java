package dev.cortado.text.file;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Bytes on their way into a file, which are asked for when their turn comes. They are given to a sink in as many
/// parts as suits them; memory they take for that, they also free.
@FunctionalInterface
public interface Content {
    void writeTo(Sink sink) throws IOException;

    /// Takes the next bytes; they are in the file when the call returns.
    @FunctionalInterface
    interface Sink {
        void write(MemorySegment part) throws IOException;
    }
}
