package dev.cortado.model.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/// Reads a message in the wire format of Protocol Buffers, field by field, where it lies in a mapped file
/// (<https://protobuf.dev/programming-guides/encoding/>): values of type `bytes` are views, never copies, and may be
/// larger than 2 GB.
///
/// Lengths are checked against the bytes that are there. Every problem is an [IllegalArgumentException] that names
/// the file, the byte and what is wrong.
final class ProtobufMessage {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int FIXED32 = 5;

    private static final int MOST_NAME_BYTES = 4096;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private final long start; // where the message begins in the file
    private long at;
    private int field;
    private int wireType;

    ProtobufMessage(Path file, MemorySegment bytes) {
        this(file, bytes, 0);
    }

    private ProtobufMessage(Path file, MemorySegment bytes, long start) {
        this.file = file;
        this.bytes = bytes;
        this.start = start;
    }

    /// The same message from its beginning.
    ProtobufMessage again() {
        return new ProtobufMessage(file, bytes, start);
    }

    /// Goes to the next field, when there is one; then its value has to be read or skipped.
    boolean next() {
        if (at == bytes.byteSize()) {
            return false;
        }
        long tag = readVarint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw wrong("field number " + Long.toUnsignedString(tag >>> 3));
        }
        return true;
    }

    /// The number of the field.
    int field() {
        return field;
    }

    /// The value of an integer or enumeration field.
    long integer() {
        require(VARINT);
        return readVarint();
    }

    /// Every value of a repeated integer field: many packed into one field, or one alone.
    void integers(LongConsumer each) {
        if (wireType == VARINT) {
            each.accept(readVarint());
            return;
        }
        ProtobufMessage packed = message();
        while (packed.at < packed.bytes.byteSize()) {
            each.accept(packed.readVarint());
        }
    }

    /// The value of a `float` field.
    float float32() {
        require(FIXED32);
        return bytes.get(FLOAT, take(Float.BYTES));
    }

    /// The bytes of a repeated field of numbers of `width` bytes (4 or 8): many packed into one field, or one
    /// alone.
    MemorySegment numbers(int width) {
        if (wireType == (width == Float.BYTES ? FIXED32 : FIXED64)) {
            return bytes.asSlice(take(width), width);
        }
        MemorySegment packed = bytes();
        if (packed.byteSize() % width != 0) {
            throw wrong(packed.byteSize() + " bytes of numbers that take " + width + " each");
        }
        return packed;
    }

    /// The value of a field that is a message.
    ProtobufMessage message() {
        MemorySegment value = bytes();
        return new ProtobufMessage(file, value, start + at - value.byteSize());
    }

    /// The value of a `bytes` field, a view.
    MemorySegment bytes() {
        require(LENGTH);
        long length = readVarint();
        if (length < 0 || length > bytes.byteSize() - at) {
            throw wrong("a length of " + Long.toUnsignedString(length) + " where " + (bytes.byteSize() - at)
                    + " bytes are left");
        }
        return bytes.asSlice(take(length), length);
    }

    /// The value of a `string` field that names something: UTF-8 of one line, not endless.
    String name() {
        MemorySegment value = bytes();
        if (value.byteSize() > MOST_NAME_BYTES) {
            throw wrong("a name of " + value.byteSize() + " bytes");
        }
        String name;
        try {
            name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(value.asByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(wrong("a name that is not UTF-8").getMessage(), e);
        }
        if (name.codePoints().anyMatch(ProtobufMessage::breaksLine)) {
            throw wrong("a name with control characters");
        }
        return name;
    }

    private static boolean breaksLine(int point) {
        int type = Character.getType(point);
        return Character.isISOControl(point)
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    /// Goes past the field's value, whatever it is.
    void skip() {
        switch (wireType) {
            case VARINT -> readVarint();
            case FIXED64 -> take(Long.BYTES);
            case LENGTH -> bytes();
            case FIXED32 -> take(Integer.BYTES);
            default -> throw wrong("wire type " + wireType); // groups, which ONNX never had
        }
    }

    /// The error to throw when the bytes are well-formed but wrong.
    IllegalArgumentException problem(String what) {
        return new IllegalArgumentException(file + ": " + what);
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = bytes.get(ValueLayout.JAVA_BYTE, take(1));
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw wrong("an integer of more than ten bytes");
    }

    private void require(int expected) {
        if (wireType != expected) {
            throw wrong("wire type " + wireType + " instead of " + expected);
        }
    }

    /// Goes past `count` bytes; where they begin.
    private long take(long count) {
        if (count > bytes.byteSize() - at) {
            throw wrong("an end in the middle of a value");
        }
        at += count;
        return at - count;
    }

    private IllegalArgumentException wrong(String what) {
        return problem("no ONNX model, or a damaged one: " + what + " (in field " + field + " before byte "
                + (start + at) + ")");
    }
}
