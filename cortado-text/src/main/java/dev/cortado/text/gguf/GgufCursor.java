package dev.cortado.text.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the head of a GGUF file from front to back. Nothing is allocated for what the file merely claims to hold:
/// every count is checked against the bytes that are left.
final class GgufCursor {
    static final int TEXT = 8; // of the value types, those that are no scalars
    static final int ARRAY = 9;
    private static final int MAX_DEPTH = 8; // of arrays in arrays; llama.cpp itself reads flat ones only

    private static final int LONGEST_SHOWN = 100; // characters of a name

    private final Path file;
    private final MemorySegment bytes;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private boolean wide; // counts and lengths have 64 bits: from version 2 on
    private long position;

    GgufCursor(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    ByteOrder order() {
        return order;
    }

    IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(file + " " + what + " (at byte " + position + ")");
    }

    /// A name out of a file for a message: one line, not too long.
    static String quoted(String name) {
        String shown = name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "…" : name;
        return "'" + shown.replaceAll("[\\p{Cc}\u2028\u2029]", "?") + "'";
    }

    /// The version, which settles the byte order and the width of counts.
    int version() {
        int version = int32();
        if ((version & 0xFFFF) == 0) {
            order = ByteOrder.BIG_ENDIAN;
            version = Integer.reverseBytes(version);
        }
        if (version < 1 || version > 3) {
            throw wrong("is GGUF version " + Integer.toUnsignedString(version) + "; versions 1 to 3 can be read");
        }
        wide = version > 1;
        return version;
    }

    int int32() {
        return (int) GgufScalar.INT32.whole(bytes, take(4), order);
    }

    long int64() {
        return GgufScalar.INT64.whole(bytes, take(8), order);
    }

    /// A length, 32 bits wide in version 1.
    long extent() {
        long extent = wide ? int64() : Integer.toUnsignedLong(int32());
        if (extent < 0) {
            throw wrong("holds a length of " + Long.toUnsignedString(extent));
        }
        return extent;
    }

    /// A number of things that take at least `leastBytes` each.
    long count(int leastBytes, String what) {
        long count = extent();
        if (count > (bytes.byteSize() - position) / leastBytes) {
            throw wrong("is cut off or damaged: it claims to hold " + count + " " + what + " in "
                    + (bytes.byteSize() - position) + " bytes");
        }
        return count;
    }

    String text() {
        int length = Math.toIntExact(Math.min(count(1, "characters"), Integer.MAX_VALUE - 8));
        byte[] text = bytes.asSlice(take(length), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(text, StandardCharsets.UTF_8);
    }

    GgufValue value() {
        return value(int32(), 0);
    }

    private GgufValue value(int type, int depth) {
        return switch (type) {
            case TEXT -> new GgufValue.Text(text());
            case ARRAY -> array(depth + 1);
            default -> {
                GgufScalar scalar = scalar(type);
                long at = take(scalar.bytes());
                if (scalar.real()) {
                    yield new GgufValue.Real(scalar, scalar.real(bytes, at, order));
                }
                long whole = scalar.whole(bytes, at, order);
                yield scalar == GgufScalar.BOOL ? new GgufValue.Bool(whole != 0) : new GgufValue.Whole(scalar, whole);
            }
        };
    }

    private GgufValue array(int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong("nests arrays more than " + MAX_DEPTH + " deep");
        }
        int type = int32();
        return switch (type) {
            case TEXT -> {
                long count = count(wide ? 8 : 4, "strings");
                List<String> texts = new ArrayList<>();
                for (long i = 0; i < count; i++) {
                    texts.add(text());
                }
                yield new GgufValue.Texts(texts);
            }
            case ARRAY -> {
                long count = count(wide ? 12 : 8, "arrays");
                List<GgufValue> arrays = new ArrayList<>();
                for (long i = 0; i < count; i++) {
                    arrays.add(array(depth + 1));
                }
                yield new GgufValue.Arrays(arrays);
            }
            default -> {
                GgufScalar scalar = scalar(type);
                long size = count(scalar.bytes(), "numbers") * scalar.bytes();
                yield new GgufValue.Numbers(scalar, bytes.asSlice(take(size), size), order);
            }
        };
    }

    private GgufScalar scalar(int type) {
        return GgufScalar.of(type)
                .orElseThrow(() -> wrong(
                        "holds a value of type " + Integer.toUnsignedString(type) + ", which GGUF does not have"));
    }

    private long take(long count) {
        if (count > bytes.byteSize() - position) {
            throw wrong("is cut off");
        }
        long at = position;
        position += count;
        return at;
    }
}
