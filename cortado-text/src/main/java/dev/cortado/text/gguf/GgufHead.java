package dev.cortado.text.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The bytes of a head of version 3, little-endian: what [GgufCursor] reads.
final class GgufHead {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    GgufHead int32(int value) {
        bytes.writeBytes(littleEndian(4).putInt(value).array());
        return this;
    }

    GgufHead int64(long value) {
        bytes.writeBytes(littleEndian(8).putLong(value).array());
        return this;
    }

    GgufHead text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int64(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /// A value, behind the number of its type.
    void value(GgufValue value) {
        switch (value) {
            case GgufValue.Text(String text) -> int32(GgufCursor.TEXT).text(text);
            case GgufValue.Bool(boolean flag) -> {
                int32(GgufScalar.BOOL.code());
                bytes.write(flag ? 1 : 0);
            }
            case GgufValue.Whole(GgufScalar type, long whole) -> {
                int32(type.code());
                // Little-endian: a narrower number is the first bytes of a wider one.
                bytes.write(littleEndian(8).putLong(whole).array(), 0, type.bytes());
            }
            case GgufValue.Real(GgufScalar type, double real) -> {
                int32(type.code());
                if (type == GgufScalar.FLOAT32) {
                    int32(Float.floatToRawIntBits((float) real));
                } else {
                    int64(Double.doubleToRawLongBits(real));
                }
            }
            case GgufValue.Texts _, GgufValue.Numbers _, GgufValue.Arrays _ -> {
                int32(GgufCursor.ARRAY);
                array(value);
            }
        }
    }

    private void array(GgufValue array) {
        switch (array) {
            case GgufValue.Texts(List<String> texts) -> {
                int32(GgufCursor.TEXT).int64(texts.size());
                texts.forEach(this::text);
            }
            case GgufValue.Arrays(List<GgufValue> arrays) -> {
                int32(GgufCursor.ARRAY).int64(arrays.size());
                arrays.forEach(this::array);
            }
            case GgufValue.Numbers numbers -> {
                int32(numbers.type().code()).int64(numbers.count());
                bytes.writeBytes(littleEndian(numbers));
            }
            default -> throw new IllegalStateException(array + " is no array");
        }
    }

    private static byte[] littleEndian(GgufValue.Numbers numbers) {
        int width = numbers.type().bytes();
        byte[] elements = numbers.bytes().toArray(ValueLayout.JAVA_BYTE);
        if (numbers.order() == ByteOrder.BIG_ENDIAN) {
            byte[] turned = new byte[elements.length];
            for (int i = 0; i < elements.length; i++) {
                turned[i / width * width + width - 1 - i % width] = elements[i];
            }
            return turned;
        }
        return elements;
    }

    /// Zeros up to a multiple of the alignment.
    MemorySegment padded(int alignment) {
        while (bytes.size() % alignment != 0) {
            bytes.write(0);
        }
        return MemorySegment.ofArray(bytes.toByteArray());
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
