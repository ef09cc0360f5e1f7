package dev.cortado.text.tokenizer.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads a message in the wire format of Protocol Buffers, field by field
/// (<https://protobuf.dev/programming-guides/encoding/>). Lengths are checked against the bytes that are there, so
/// nothing is allocated for what a message merely claims to hold. Every method throws an
/// [IllegalArgumentException] that says what is wrong where.
final class ProtobufReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int GROUP_START = 3;
    private static final int GROUP_END = 4;
    private static final int FIXED32 = 5;

    private final ByteBuffer bytes; // its position is relative to the whole file's array
    private int field;
    private int wireType;

    ProtobufReader(byte[] message) {
        this(ByteBuffer.wrap(message));
    }

    private ProtobufReader(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Goes to the next field, when there is one; then its value has to be read or skipped.
    boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        tag();
        return true;
    }

    /// The number of the field.
    int field() {
        return field;
    }

    private void tag() {
        long tag = readVarint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw wrong("field number " + (tag >>> 3));
        }
    }

    /// The value of an integer or enumeration field.
    int int32() {
        require(VARINT);
        return (int) readVarint();
    }

    /// The value of a `bool` field.
    boolean bool() {
        require(VARINT);
        return readVarint() != 0;
    }

    /// The value of a `float` field.
    float float32() {
        require(FIXED32);
        take(Float.BYTES);
        return bytes.getFloat(bytes.position() - Float.BYTES);
    }

    /// The value of a field that is a message.
    ProtobufReader message() {
        int length = length();
        ByteBuffer message = bytes.slice(bytes.position() - length, length);
        return new ProtobufReader(message);
    }

    /// The value of a `bytes` field.
    byte[] bytes() {
        byte[] value = new byte[length()];
        bytes.get(bytes.position() - value.length, value);
        return value;
    }

    /// The value of a `string` field, which has to be UTF-8.
    String text() {
        int length = length();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.slice(bytes.position() - length, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    wrong("a string that is not UTF-8").getMessage(), e);
        }
    }

    /// Goes past the field's value, whatever it is.
    void skip() {
        if (wireType != GROUP_START) {
            skipValue();
            return;
        }
        for (int depth = 1; depth > 0; ) { // groups nest: counted, so that a hostile file cannot overflow the stack
            if (!next()) {
                throw wrong("a group without an end");
            }
            switch (wireType) {
                case GROUP_START -> depth++;
                case GROUP_END -> depth--;
                default -> skipValue();
            }
        }
    }

    private void skipValue() {
        switch (wireType) {
            case VARINT -> readVarint();
            case FIXED64 -> take(Long.BYTES);
            case LENGTH -> length();
            case FIXED32 -> take(Integer.BYTES);
            default -> throw wrong("wire type " + wireType);
        }
    }

    /// Reads the length of a value and goes past the value.
    private int length() {
        require(LENGTH);
        long length = readVarint();
        if (length < 0 || length > bytes.remaining()) {
            throw wrong(
                    "a length of " + Long.toUnsignedString(length) + " where " + bytes.remaining() + " bytes are left");
        }
        take((int) length);
        return (int) length;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            take(1);
            byte b = bytes.get(bytes.position() - 1);
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

    private void take(int count) {
        if (count > bytes.remaining()) {
            throw wrong("an end in the middle of a value");
        }
        bytes.position(bytes.position() + count);
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(
                "has " + what + " (in field " + field + ", byte " + bytes.position() + " of its message)");
    }
}
