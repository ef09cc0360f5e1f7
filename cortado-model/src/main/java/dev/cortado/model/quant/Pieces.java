package dev.cortado.model.quant;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How segments are worked through: piece by piece, by way of arrays on the heap that stay in the first-level cache.
final class Pieces {
    /// Floats in files: little-endian, at any address.
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int BYTES = 8192;

    private Pieces() {}

    /// How many of `count` things of `bytes` bytes each make a piece: as many as fit, at least one, and no more
    /// than there are.
    static int of(long count, int bytes) {
        return (int) Math.min(count, Math.max(1, BYTES / bytes));
    }
}
