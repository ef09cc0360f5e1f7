package dev.cortado.text.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// One value of a GGUF file's metadata.
public sealed interface GgufValue {
    /// An integer of any of the eight integer types.
    ///
    /// @param value of a 64-bit unsigned one, the bits
    record Whole(long value) implements GgufValue {}

    /// A 32-bit or 64-bit floating-point number.
    record Real(double value) implements GgufValue {}

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
        }
    }

    /// An array of numbers or truth values, left in the mapped file: readable as long as the file's arena lives.
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
