package dev.cortado.model.gguf;

import dev.cortado.text.gguf.GgufScalar;
import dev.cortado.text.gguf.GgufValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;

/// What a GGUF file says about its model, read without trust: metadata of one architecture, and the tensors'
/// shapes.
///
/// @param file     for messages
/// @param metadata all of it
/// @param shapes   of all tensors by GGUF's names, the last extent fastest
/// @param floats   the numbers of a small tensor
record Facts(
        Path file,
        Map<String, GgufValue> metadata,
        Map<String, List<Long>> shapes,
        Function<String, Optional<float[]>> floats) {
    static final String ARCHITECTURE = "general.architecture";

    /// No published model comes near it; a size beyond is a lie, and twice it still fits an `int`.
    static final int LARGEST_SIZE = 1 << 26;

    IllegalArgumentException problem(String what) {
        return new IllegalArgumentException(file + " " + what);
    }

    String architecture() {
        return text(ARCHITECTURE).orElseThrow(() -> problem("lacks metadata '" + ARCHITECTURE + "'"));
    }

    /// The full name of a key of the model's architecture.
    String key(String name) {
        return architecture() + "." + name;
    }

    Optional<String> text(String key) {
        return switch (metadata.get(key)) {
            case null -> Optional.empty();
            case GgufValue.Text(String value) -> Optional.of(value);
            case GgufValue other -> throw wrong(key, other, "not text");
        };
    }

    Optional<Boolean> flag(String name) {
        return switch (metadata.get(key(name))) {
            case null -> Optional.empty();
            case GgufValue.Bool(boolean value) -> Optional.of(value);
            case GgufValue other -> throw wrong(key(name), other, "not true or false");
        };
    }

    /// A size or a count: 0 to [#LARGEST_SIZE]. Some writers give one for each layer; they must agree.
    OptionalInt count(String name) {
        String key = key(name);
        return switch (metadata.get(key)) {
            case null -> OptionalInt.empty();
            case GgufValue.Whole(GgufScalar _, long value) -> OptionalInt.of(size(key, value));
            case GgufValue.Numbers numbers
            when !numbers.type().real() && numbers.count() > 0 -> {
                for (long i = 1; i < numbers.count(); i++) {
                    if (numbers.whole(i) != numbers.whole(0)) {
                        throw problem("has metadata '" + key + "' that differs between layers (" + numbers.whole(0)
                                + ", then " + numbers.whole(i) + "), which is not supported");
                    }
                }
                yield OptionalInt.of(size(key, numbers.whole(0)));
            }
            case GgufValue other -> throw wrong(key, other, "not a whole number");
        };
    }

    int required(String name) {
        return count(name).orElseThrow(() -> missing(name));
    }

    private int size(String key, long value) {
        if (value < 0 || value > LARGEST_SIZE) {
            throw problem("has metadata '" + key + "' " + Long.toUnsignedString(value) + ", which is not from 0 to "
                    + LARGEST_SIZE);
        }
        return (int) value;
    }

    OptionalDouble real(String name) {
        String key = key(name);
        return switch (metadata.get(key)) {
            case null -> OptionalDouble.empty();
            case GgufValue.Real(GgufScalar type, double value) -> {
                if (!Double.isFinite(value)) {
                    throw problem("has metadata '" + key + "' " + value);
                }
                // 1e-5 was meant where a float says 9.99999974e-6.
                yield OptionalDouble.of(
                        type == GgufScalar.FLOAT32 ? Double.parseDouble(Float.toString((float) value)) : value);
            }
            case GgufValue.Whole(GgufScalar _, long value) -> OptionalDouble.of((double) value);
            case GgufValue other -> throw wrong(key, other, "not a number");
        };
    }

    IllegalArgumentException missing(String name) {
        return problem("lacks metadata '" + key(name) + "'");
    }

    private IllegalArgumentException wrong(String key, GgufValue value, String what) {
        return problem("has metadata '" + key + "' of type " + value.getClass().getSimpleName() + ", " + what);
    }

    /// Whether there is a tensor of this GGUF name.
    boolean has(String tensor) {
        return shapes.containsKey(tensor);
    }
}
