package dev.cortado.model.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Reads the bytes of a pickle from front to back; a length beyond the end is refused before anything is made of it.
final class PickleCursor {
    private static final ValueLayout.OfShort INT16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong INT64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    // Pickle's only big-endian number.
    private static final ValueLayout.OfDouble REAL = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int LONGEST_LINE = 4096;

    private final String where;
    private final MemorySegment bytes;
    private long position;

    /// @param where the file, and the part of it, for messages
    PickleCursor(String where, MemorySegment bytes) {
        this.where = where;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(where + ": " + what + " (before byte " + position + ")");
    }

    int uint8() {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, take(1)));
    }

    int uint16() {
        return Short.toUnsignedInt(bytes.get(INT16, take(2)));
    }

    int int32() {
        return bytes.get(INT32, take(4));
    }

    long uint32() {
        return Integer.toUnsignedLong(int32());
    }

    long int64() {
        return bytes.get(INT64, take(8));
    }

    double real() {
        return bytes.get(REAL, take(8));
    }

    /// Malformed UTF-8 becomes replacement characters: what is not a name does no harm, and a name of such
    /// characters is one that nobody asks for.
    String text(long length) {
        return new String(raw(length), StandardCharsets.UTF_8);
    }

    byte[] raw(long length) {
        return bytes.asSlice(take(length), length).toArray(ValueLayout.JAVA_BYTE);
    }

    void skip(long length) {
        take(length);
    }

    /// The text up to the next line feed, which is passed over too.
    String line(Charset charset) {
        for (long length = 0; length <= LONGEST_LINE && position + length < bytes.byteSize(); length++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, position + length) == '\n') {
                String line = new String(raw(length), charset);
                skip(1);
                return line;
            }
        }
        throw wrong("a line that does not end within " + LONGEST_LINE + " bytes");
    }

    private long take(long length) {
        if (length < 0 || length > bytes.byteSize() - position) {
            throw wrong("wants " + Long.toUnsignedString(length) + " bytes more, but only "
                    + (bytes.byteSize() - position) + " are there: it is truncated or damaged");
        }
        position += length;
        return position - length;
    }
}
