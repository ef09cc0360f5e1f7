package dev.cortado.model.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Writes a message in the wire format of Protocol Buffers, field by field, into memory: for everything but the
/// content of tensors, of which it writes only how long it will be.
final class ProtobufBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// An integer or enumeration field.
    ProtobufBytes integer(int field, long value) {
        tag(field, ProtobufMessage.VARINT);
        return varint(value);
    }

    /// A `float` field.
    ProtobufBytes float32(int field, float value) {
        tag(field, ProtobufMessage.FIXED32);
        int bits = Float.floatToIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            bytes.write(bits >>> shift);
        }
        return this;
    }

    /// A `string` field.
    ProtobufBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /// A field that is a message.
    ProtobufBytes message(int field, ProtobufBytes message) {
        return bytes(field, message.toArray());
    }

    /// A `bytes` field.
    ProtobufBytes bytes(int field, byte[] value) {
        length(field, value.length);
        bytes.writeBytes(value);
        return this;
    }

    /// The beginning of a field whose `length` bytes the caller writes behind.
    ProtobufBytes length(int field, long length) {
        tag(field, ProtobufMessage.LENGTH);
        return varint(length);
    }

    /// All fields of another message as fields of this one.
    ProtobufBytes append(ProtobufBytes other) {
        bytes.writeBytes(other.toArray());
        return this;
    }

    /// Bytes written so far.
    int size() {
        return bytes.size();
    }

    byte[] toArray() {
        return bytes.toByteArray();
    }

    private void tag(int field, int wireType) {
        varint(((long) field << 3) | wireType);
    }

    private ProtobufBytes varint(long value) {
        long left = value;
        for (; (left & ~0x7FL) != 0; left >>>= 7) {
            bytes.write((int) ((left & 0x7F) | 0x80));
        }
        bytes.write((int) left);
        return this;
    }
}
