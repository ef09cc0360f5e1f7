package dev.cortado.text.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// The fixed-size value types of GGUF metadata.
public enum GgufScalar {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private final int code;
    private final int bytes;

    GgufScalar(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /// The number that stands for it in files.
    int code() {
        return code;
    }

    /// The type a file means by a number.
    static Optional<GgufScalar> of(int code) {
        for (GgufScalar type : values()) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /// The size of a value.
    public int bytes() {
        return bytes;
    }

    /// Whether values are floating-point numbers.
    public boolean real() {
        return this == FLOAT32 || this == FLOAT64;
    }

    /// Whether a whole number is one of this integer type; of [#UINT64], the bits.
    boolean holds(long value) {
        return switch (this) {
            case UINT8 -> value >>> 8 == 0;
            case UINT16 -> value >>> 16 == 0;
            case UINT32 -> value >>> 32 == 0;
            case INT8 -> value == (byte) value;
            case INT16 -> value == (short) value;
            case INT32 -> value == (int) value;
            case INT64, UINT64 -> true;
            case FLOAT32, FLOAT64, BOOL -> false;
        };
    }

    long whole(MemorySegment segment, long offset, ByteOrder order) {
        return switch (this) {
            case UINT8, BOOL -> segment.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
            case INT8 -> segment.get(ValueLayout.JAVA_BYTE, offset);
            case UINT16 -> segment.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), offset) & 0xFFFF;
            case INT16 -> segment.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), offset);
            case UINT32 -> segment.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), offset) & 0xFFFF_FFFFL;
            case INT32 -> segment.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), offset);
            case UINT64, INT64 -> segment.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), offset);
            case FLOAT32, FLOAT64 -> throw new IllegalStateException(this + " is no whole number");
        };
    }

    double real(MemorySegment segment, long offset, ByteOrder order) {
        return this == FLOAT32
                ? segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), offset)
                : segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order), offset);
    }
}
