package dev.cortado.text.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// One value of a GGUF file's metadata.
public sealed interface GgufValue {
    /// A number of the type most keys have: sizes, counts and ids are unsigned.
    ///
    /// @throws IllegalArgumentException when it is negative or has more than 32 bits
    static Whole uint32(long value) {
        return new Whole(GgufScalar.UINT32, value);
    }

    /// A floating-point number of the type keys have.
    static Real float32(double value) {
        return new Real(GgufScalar.FLOAT32, value);
    }

    /// An array of floating-point numbers of 32 bits.
    static Numbers float32s(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new Numbers(GgufScalar.FLOAT32, MemorySegment.ofArray(bytes.array()), ByteOrder.LITTLE_ENDIAN);
    }

    /// An array of signed numbers of 32 bits.
    static Numbers int32s(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return new Numbers(GgufScalar.INT32, MemorySegment.ofArray(bytes.array()), ByteOrder.LITTLE_ENDIAN);
    }

    /// An array of truth values.
    static Numbers bools(boolean... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return new Numbers(GgufScalar.BOOL, MemorySegment.ofArray(bytes), ByteOrder.LITTLE_ENDIAN);
    }

    /// An array of bytes.
    static Numbers uint8s(byte... values) {
        return new Numbers(GgufScalar.UINT8, MemorySegment.ofArray(values.clone()), ByteOrder.LITTLE_ENDIAN);
    }

    /// An integer.
    ///
    /// @param type  any of the eight integer types
    /// @param value of a 64-bit unsigned one, the bits
    record Whole(GgufScalar type, long value) implements GgufValue {
        /// @throws IllegalArgumentException when the type cannot hold the value
        public Whole {
            if (!type.holds(value)) {
                throw new IllegalArgumentException(value + " is no " + type);
            }
        }
    }

    /// A floating-point number.
    ///
    /// @param type  of 32 or 64 bits
    /// @param value rounded to the type
    record Real(GgufScalar type, double value) implements GgufValue {
        /// @throws IllegalArgumentException when the type is of another kind
        public Real {
            if (!type.real()) {
                throw new IllegalArgumentException(type + " is no type of floating-point numbers");
            }
            value = type == GgufScalar.FLOAT32 ? (float) value : value;
        }
    }

    /// A truth value.
    record Bool(boolean value) implements GgufValue {}

    /// A string. Bytes that are not UTF-8 have become U+FFFD.
    record Text(String value) implements GgufValue {}

    /// An array of strings.
    record Texts(List<String> values) implements GgufValue {
        public Texts {
            values = List.copyOf(values);
        }
    }

    /// An array of arrays.
    record Arrays(List<GgufValue> values) implements GgufValue {
        public Arrays {
            values = List.copyOf(values);
            for (GgufValue value : values) {
                if (!(value instanceof Texts || value instanceof Arrays || value instanceof Numbers)) {
                    throw new IllegalArgumentException(value + " is no array");
                }
            }
        }
    }

    /// An array of numbers or truth values; one that was read is left in the mapped file, readable as long as the
    /// file's arena lives.
    ///
    /// @param bytes  the elements, one after the other
    /// @param order  of the bytes within an element
    record Numbers(GgufScalar type, MemorySegment bytes, ByteOrder order) implements GgufValue {
        /// How many elements there are.
        public long count() {
            return bytes.byteSize() / type.bytes();
        }

        /// An element, which must be of an integer type or a truth value (0 or 1).
        public long whole(long index) {
            if (type.real()) {
                throw new IllegalArgumentException("elements are " + type + ", not whole numbers");
            }
            return type.whole(bytes, index * type.bytes(), order);
        }

        /// An element as a floating-point number.
        public double real(long index) {
            return type.real()
                    ? type.real(bytes, index * type.bytes(), order)
                    : type.whole(bytes, index * type.bytes(), order);
        }

        /// All elements of a byte array.
        public byte[] toByteArray() {
            if (type.bytes() != 1) {
                throw new IllegalArgumentException("elements are " + type + ", not bytes");
            }
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
