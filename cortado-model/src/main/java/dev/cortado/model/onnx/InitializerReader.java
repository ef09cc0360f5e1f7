package dev.cortado.model.onnx;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Reads `TensorProto`s. Their elements are in one of three places: as bytes in the message (`raw_data`) and as bytes
/// in a file beside it, of both of which the tensor becomes a view; or as a list of numbers of a type of their own
/// (`float_data` …), which is laid out in memory of the arena.
final class InitializerReader {
    private static final int MOST_DIMENSIONS = 32;
    private static final int FLOATS = 4;
    private static final int INT32S = 5;
    private static final int INT64S = 7;
    private static final int DOUBLES = 10;
    private static final int RAW = 9;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ExternalData beside;
    private final Arena arena;

    InitializerReader(ExternalData beside, Arena arena) {
        this.beside = beside;
        this.arena = arena;
    }

    StoredTensor read(ProtobufMessage tensor) throws IOException {
        ProtobufMessage again = tensor.again();
        String name = "";
        long type = 0;
        long[] sizes = {};
        boolean external = false;
        Map<String, String> place = new HashMap<>();
        Optional<MemorySegment> raw = Optional.empty();
        int numbersField = RAW;
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> sizes = append(sizes, tensor);
                case 2 -> type = tensor.integer();
                case 8 -> name = tensor.name();
                case RAW -> raw = Optional.of(tensor.bytes());
                case FLOATS, INT32S, INT64S, DOUBLES -> {
                    numbersField = tensor.field();
                    tensor.skip();
                }
                case 13 -> readEntry(tensor.message(), place);
                case 14 -> external = tensor.integer() == 1;
                default -> tensor.skip();
            }
        }
        if (name.isEmpty()) {
            throw tensor.problem("holds an initializer without a name");
        }
        long number = type;
        DType dtype = ElementType.dtype(type)
                .orElseThrow(() ->
                        tensor.problem(named(again) + " has element type " + number + ", which is not supported"));
        Shape shape = shape(tensor, name, dtype, sizes);
        MemorySegment bytes;
        if (external) {
            bytes = beside.find(name, place, shape.count() * dtype.bytes());
        } else if (raw.isPresent()) {
            bytes = raw.get();
        } else {
            bytes = layOut(again, name, dtype, shape.count(), numbersField);
        }
        if (bytes.byteSize() != shape.count() * dtype.bytes()) {
            throw tensor.problem("initializer '" + name + "' of " + dtype + " " + shape + " cannot be "
                    + bytes.byteSize() + " bytes");
        }
        return new StoredTensor(name, dtype, shape, bytes);
    }

    private static String named(ProtobufMessage tensor) {
        while (tensor.next()) {
            if (tensor.field() == 8) {
                return "initializer '" + tensor.name() + "'";
            }
            tensor.skip();
        }
        return "an initializer";
    }

    private static long[] append(long[] sizes, ProtobufMessage tensor) {
        long[][] grown = {sizes};
        tensor.integers(size -> {
            if (grown[0].length == MOST_DIMENSIONS) {
                throw tensor.problem("holds an initializer of more than " + MOST_DIMENSIONS + " dimensions");
            }
            grown[0] = Arrays.copyOf(grown[0], grown[0].length + 1);
            grown[0][grown[0].length - 1] = size;
        });
        return grown[0];
    }

    private static Shape shape(ProtobufMessage tensor, String name, DType dtype, long[] sizes) {
        Shape shape;
        try {
            shape = Shape.of(sizes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    tensor.problem("initializer '" + name + "': " + e.getMessage())
                            .getMessage(),
                    e);
        }
        if (shape.count() > Long.MAX_VALUE / dtype.bytes()) {
            throw tensor.problem("initializer '" + name + "' of shape " + shape + " has more than 2^63 - 1 bytes");
        }
        return shape;
    }

    private static void readEntry(ProtobufMessage entry, Map<String, String> into) {
        String key = "";
        String value = "";
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> key = entry.name();
                case 2 -> value = entry.name();
                default -> entry.skip();
            }
        }
        into.put(key, value);
    }

    /// The elements of a list of numbers: counted first, so that a lie about the shape allocates nothing.
    private MemorySegment layOut(ProtobufMessage tensor, String name, DType dtype, long count, int field) {
        if (count == 0) {
            return MemorySegment.NULL;
        }
        int expected = field(dtype);
        if (field != expected) {
            throw tensor.problem("initializer '" + name + "' of " + dtype
                    + (field == RAW ? " holds no data" : " holds data of another type"));
        }
        long[] found = {0};
        each(tensor.again(), expected, dtype, _ -> found[0]++);
        if (found[0] != count) {
            throw tensor.problem(
                    "initializer '" + name + "' holds " + found[0] + " numbers where its shape says " + count);
        }
        MemorySegment bytes = arena.allocate(count * dtype.bytes());
        long[] index = {0};
        each(tensor.again(), expected, dtype, number -> {
            if (!fits(number, dtype)) {
                throw tensor.problem("initializer '" + name + "' of " + dtype + " holds " + number);
            }
            long at = index[0]++ * dtype.bytes();
            switch (dtype.bytes()) {
                case 1 -> bytes.set(ValueLayout.JAVA_BYTE, at, (byte) number);
                case 2 -> bytes.set(SHORT, at, (short) number);
                case 4 -> bytes.set(INT, at, (int) number);
                default -> bytes.set(LONG, at, number);
            }
        });
        return bytes;
    }

    /// Which list holds elements of a type.
    private static int field(DType dtype) {
        return switch (dtype) {
            case F32 -> FLOATS;
            case F64 -> DOUBLES;
            case I64 -> INT64S;
            case F16, BF16, F8_E4M3, F8_E5M2, I32, I16, I8, U8, BOOL -> INT32S;
        };
    }

    /// The numbers of a list, floats as their bits.
    private static void each(ProtobufMessage tensor, int field, DType dtype, LongConsumer numbers) {
        while (tensor.next()) {
            if (tensor.field() != field) {
                tensor.skip();
            } else if (field == INT32S || field == INT64S) {
                tensor.integers(numbers);
            } else {
                MemorySegment bits = tensor.numbers(dtype.bytes());
                for (long at = 0; at < bits.byteSize(); at += dtype.bytes()) {
                    numbers.accept(field == FLOATS ? bits.get(INT, at) : bits.get(LONG, at));
                }
            }
        }
    }

    /// Narrow types are stored as 32-bit integers, halves as their bits.
    private static boolean fits(long number, DType dtype) {
        return switch (dtype) {
            case F32, F64, I64 -> true;
            case I32 -> number == (int) number;
            case I16 -> number == (short) number;
            case I8 -> number == (byte) number;
            case F16, BF16 -> number >= 0 && number < 1 << Short.SIZE;
            case U8, F8_E4M3, F8_E5M2 -> number >= 0 && number < 1 << Byte.SIZE;
            case BOOL -> number == 0 || number == 1;
        };
    }
}
