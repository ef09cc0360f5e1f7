package dev.cortado.text.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Plain Java data as values of templates: maps with string keys, collections, strings, numbers, booleans, null, and
/// values, which stay what they are.
public final class Data {
    private static final int DEEPEST = 150; // leaves room below the depth of a rendering

    private Data() {}

    /// A value whose every part is of one origin.
    ///
    /// @throws IllegalArgumentException when it is of any other kind, too deep, or has a number beyond 64 bits
    public static Value value(@Nullable Object data, Origin origin) {
        return value(data, origin, DEEPEST);
    }

    private static Value value(@Nullable Object data, Origin origin, int depth) {
        if (depth == 0) {
            throw new IllegalArgumentException("data for a chat template nests deeper than " + DEEPEST + " levels");
        }
        return switch (data) {
            case null -> new Value.None(origin);
            case Value value -> value;
            case CharSequence text -> Text.of(text.toString(), origin);
            case Boolean bool -> new Value.Bool(bool, origin);
            case Integer number -> new Value.Whole(number, origin);
            case Long number -> new Value.Whole(number, origin);
            case Short number -> new Value.Whole(number, origin);
            case Byte number -> new Value.Whole(number, origin);
            case BigInteger number -> {
                if (number.bitLength() > 63) {
                    throw new IllegalArgumentException("the number " + number + " does not fit in 64 bits");
                }
                yield new Value.Whole(number.longValue(), origin);
            }
            case Double number -> new Value.Real(number, origin);
            case Float number -> new Value.Real(number, origin);
            case BigDecimal number -> new Value.Real(number.doubleValue(), origin);
            case Map<?, ?> map -> {
                SequencedMap<String, Value> values = new LinkedHashMap<>();
                map.forEach((key, value) -> {
                    if (!(key instanceof String name)) {
                        throw new IllegalArgumentException(
                                "data for a chat template has a key that is no string: " + key);
                    }
                    values.put(name, value(value, origin, depth - 1));
                });
                yield Mapping.of(values, origin);
            }
            case Collection<?> items -> {
                List<Value> values = new ArrayList<>(items.size());
                for (Object item : items) {
                    values.add(value(item, origin, depth - 1));
                }
                yield new Value.Sequence(Value.Sequence.Kind.LIST, values, origin);
            }
            default ->
                throw new IllegalArgumentException(
                        "data for a chat template holds a " + data.getClass().getName()
                                + "; only maps, lists, strings, numbers, booleans and null can be passed");
        };
    }
}
