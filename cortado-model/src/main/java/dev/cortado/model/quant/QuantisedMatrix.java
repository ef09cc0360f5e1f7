package dev.cortado.model.quant;

import java.lang.foreign.MemorySegment;

/// A matrix in a number format narrower than floats, readable by rows. Immutable and thread-safe.
public interface QuantisedMatrix {
    /// Rows: outputs of the projection it stands for.
    long rows();

    /// Elements of a row.
    long columns();

    /// Bytes it takes in memory or in its file.
    long bytes();

    /// What it is stored as, for reports: `Q4_K`, `NF4`.
    String format();

    /// Decodes `count` rows from row `from` on into native memory of count · columns F32.
    void decode(long from, long count, MemorySegment floats);
}
