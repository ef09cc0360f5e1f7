package dev.cortado.tensor.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// How numbers lie in memory, and their way into the `float[]` in which kernels compute and back.
public enum Elements {
    /// IEEE 754 single precision.
    F32(Float.BYTES) {
        @Override
        void read(MemorySegment from, long index, int count, float[] into) {
            MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, into, 0, count);
        }

        @Override
        void write(float[] from, int count, MemorySegment to, long index) {
            MemorySegment.copy(from, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, count);
        }
    },

    /// The upper half of F32; stored by rounding to nearest, ties to even.
    BF16(Short.BYTES) {
        @Override
        void read(MemorySegment from, long index, int count, float[] into) {
            long offset = index * Short.BYTES;
            int i = 0;
            for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
                wide(from, offset + (long) i * Short.BYTES).intoArray(into, i);
            }
            for (; i < count; i++) {
                short half = from.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset + (long) i * Short.BYTES);
                into[i] = Float.intBitsToFloat(half << 16);
            }
        }

        @Override
        void write(float[] from, int count, MemorySegment to, long index) {
            long offset = index * Short.BYTES;
            int i = 0;
            for (; i <= count - Lanes.WIDTH; i += Lanes.WIDTH) {
                narrow(FloatVector.fromArray(Lanes.FLOATS, from, i), to, offset + (long) i * Short.BYTES);
            }
            for (; i < count; i++) {
                to.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset + (long) i * Short.BYTES, nearest(from[i]));
            }
        }
    };

    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> HALVES =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Lanes.FLOATS.vectorBitSize() / 2));
    private static final short NOT_A_NUMBER = 0x7fc0;

    private final int bytes;

    Elements(int bytes) {
        this.bytes = bytes;
    }

    /// Size of one element.
    public int bytes() {
        return bytes;
    }

    /// Elements `index` to `index + count` of `from` → the first `count` of `into`.
    abstract void read(MemorySegment from, long index, int count, float[] into);

    /// The first `count` of `from` → elements `index` to `index + count` of `to`.
    abstract void write(float[] from, int count, MemorySegment to, long index);

    /// Sets elements `index` to `index + count` to zero.
    void clear(MemorySegment to, long index, long count) {
        long offset = index * bytes;
        int length = Math.toIntExact(count * bytes);
        // A segment's own fill costs more than the few hundred bytes of a row that are usually cleared.
        for (int i = 0; i < length; i += BYTES.length()) {
            ByteVector.zero(BYTES)
                    .intoMemorySegment(to, offset + i, ByteOrder.nativeOrder(), BYTES.indexInRange(i, length));
        }
    }

    private static FloatVector wide(MemorySegment from, long offset) {
        ShortVector halves = ShortVector.fromMemorySegment(HALVES, from, offset, ByteOrder.nativeOrder());
        IntVector bits = (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.INTS, 0);
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /// Adding half of the last place that stays, less one if that place is even, carries just where rounding up
    /// is due.
    private static void narrow(FloatVector values, MemorySegment to, long offset) {
        IntVector bits = values.reinterpretAsInts();
        IntVector last = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(last).add(0x7fff).lanewise(VectorOperators.LSHR, 16);
        IntVector kept =
                rounded.blend(NOT_A_NUMBER, values.test(VectorOperators.IS_NAN).cast(Lanes.INTS));
        kept.convertShape(VectorOperators.I2S, HALVES, 0)
                .reinterpretAsShorts()
                .intoMemorySegment(to, offset, ByteOrder.nativeOrder());
    }

    private static short nearest(float value) {
        if (Float.isNaN(value)) {
            return NOT_A_NUMBER;
        }
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + ((bits >>> 16) & 1) + 0x7fff) >>> 16);
    }
}
