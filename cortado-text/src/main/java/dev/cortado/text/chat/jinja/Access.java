package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/// Attributes, elements and slices of values. What would change a list or dict is refused, as in Jinja's immutable
/// sandbox.
final class Access {
    private static final Set<String> DICT_CHANGES =
            Set.of("clear", "pop", "popitem", "setdefault", "update", "fromkeys");
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private final Budget budget;

    Access(Budget budget) {
        this.budget = budget;
    }

    /// `object.name`: a method first, then what is stored under the name.
    Value attribute(Value object, String name) {
        Types.defined(object);
        Optional<? extends Value> found = switch (object) {
            case Text text -> StringMethods.find(text, name);
            case Mapping mapping -> ofMapping(mapping, name);
            case Value.Sequence sequence -> ofSequence(sequence, name);
            case Namespace namespace -> namespace.find(name);
            case Value.Thing thing -> Optional.of(thing.attributes().apply(name));
            case Value.Callable callable when name.equals("name") -> Optional.of(Text.literal(callable.name()));
            default -> Optional.empty();
        };
        return found.isPresent()
                ? found.get()
                : new Value.Undefined("'" + Types.name(object) + " object' has no attribute '" + name + "'");
    }

    private Optional<Value> ofMapping(Mapping mapping, String name) {
        Optional<Value.Body> method = switch (name) {
            case "get" ->
                Optional.of((_, args) -> {
                    Args.Bound bound = args.bind("get", "key", "default");
                    return mapping.find(bound.required(0))
                            .or(() -> bound.value(1))
                            .orElseGet(Value::none);
                });
            case "items" -> view(name, mapping, mapping::items);
            case "keys" -> view(name, mapping, () -> mapping.keys(Value.Sequence.Kind.KEYS));
            case "values" -> view(name, mapping, mapping::values);
            case "copy" -> view(name, mapping, () -> mapping);
            default -> Optional.empty();
        };
        if (DICT_CHANGES.contains(name)) {
            return Optional.of(refused("dict", name));
        }
        return method.<Value>map(body -> new Value.Callable(name, body)).or(() -> mapping.find(name));
    }

    private Optional<Value.Body> view(String name, Mapping mapping, Supplier<Value> view) {
        return Optional.of((_, args) -> {
            args.bind(name);
            budget.steps(4L * mapping.size());
            return view.get();
        });
    }

    private Optional<Value> ofSequence(Value.Sequence sequence, String name) {
        if (sequence.kind() == Value.Sequence.Kind.LIST && LIST_CHANGES.contains(name)) {
            return Optional.of(refused("list", name));
        }
        if (!sequence.kind().indexed()) {
            return Optional.empty();
        }
        Value.Body method = switch (name) {
            case "index" ->
                (rendering, args) -> {
                    Value wanted = args.bind("index", "value").required(0);
                    for (int i = 0; i < sequence.items().size(); i++) {
                        if (rendering.operators().equal(sequence.items().get(i), wanted)) {
                            return Value.whole(i);
                        }
                    }
                    throw new TemplateException("the value is not in the " + sequence.kind().type);
                };
            case "count" ->
                (rendering, args) -> {
                    Value wanted = args.bind("count", "value").required(0);
                    return Value.whole(sequence.items().stream()
                            .filter(item -> rendering.operators().equal(item, wanted))
                            .count());
                };
            case "copy" -> (_, _) -> sequence;
            default -> (_, _) -> Value.none();
        };
        return Set.of("index", "count", "copy").contains(name)
                ? Optional.of(new Value.Callable(name, method))
                : Optional.empty();
    }

    private static Value refused(String type, String name) {
        return new Value.Undefined("'" + name + "' would change a " + type + ", which a template may not");
    }

    /// `object[key]`: what is stored there first, then a method.
    Value item(Value object, Value key) {
        Types.defined(object);
        OptionalLong index = Types.whole(key);
        if (object instanceof Mapping mapping && !(key instanceof Value.Sequence || key instanceof Mapping)) {
            Optional<Value> found = mapping.find(key);
            if (found.isPresent()) {
                return found.get();
            }
        } else if (object instanceof Value.Sequence sequence && sequence.kind().indexed() && index.isPresent()) {
            long at =
                    index.getAsLong() < 0 ? index.getAsLong() + sequence.items().size() : index.getAsLong();
            if (at >= 0 && at < sequence.items().size()) {
                return sequence.items().get((int) at);
            }
        } else if (object instanceof Text text && index.isPresent()) {
            long at = index.getAsLong() < 0 ? index.getAsLong() + text.codePoints() : index.getAsLong();
            if (at >= 0 && at < text.codePoints()) {
                int from = text.offset((int) at);
                return text.slice(from, text.chars().offsetByCodePoints(from, 1));
            }
        }
        if (key instanceof Text name && name.length() < 100) {
            return attribute(object, name.chars());
        }
        return new Value.Undefined("'" + Types.name(object) + " object' has no such element");
    }

    /// `object[start:stop:step]`.
    Value slice(Value object, Optional<Value> start, Optional<Value> stop, Optional<Value> step) {
        Types.defined(object);
        long stride = bound(step).orElse(1);
        if (stride == 0) {
            throw new TemplateException("a slice's step cannot be zero");
        }
        if (object instanceof Value.Sequence sequence && sequence.kind().indexed()) {
            List<Value> items = sequence.items();
            List<Value> part = new ArrayList<>();
            Range range = Range.of(start, stop, stride, items.size());
            budget.steps(range.count());
            for (long i = range.first(), n = range.count(); n > 0; n--, i += stride) {
                part.add(items.get((int) i));
            }
            return new Value.Sequence(sequence.kind(), part, sequence.origin());
        }
        if (object instanceof Text text) {
            Range range = Range.of(start, stop, stride, text.codePoints());
            int from = text.offset((int) Math.min(range.first(), text.codePoints()));
            if (stride == 1) {
                budget.steps(range.count() / 4);
                return text.slice(from, text.chars().offsetByCodePoints(from, (int) range.count()));
            }
            var out = new TextBuilder(budget);
            for (long i = range.first(), n = range.count(); n > 0; n--, i += stride) {
                int at = text.offset((int) i);
                budget.steps(text.codePoints() < text.length() ? 1 + at / 16 : 1);
                out.append(text, at, text.chars().offsetByCodePoints(at, 1));
            }
            return out.build();
        }
        throw new TemplateException("'" + Types.name(object) + "' object cannot be sliced");
    }

    private static OptionalLong bound(Optional<Value> value) {
        if (value.isEmpty() || value.get() instanceof Value.None) {
            return OptionalLong.empty();
        }
        OptionalLong whole = Types.whole(Types.defined(value.get()));
        if (whole.isEmpty()) {
            throw new TemplateException("slice indices must be integers or None");
        }
        return whole;
    }

    /// Indices of a slice: the first, and how many.
    private record Range(long first, long count) {
        static Range of(Optional<Value> start, Optional<Value> stop, long step, long length) {
            long low = step < 0 ? -1 : 0;
            long high = step < 0 ? length - 1 : length;
            long first = clamped(bound(start).orElse(step < 0 ? Long.MAX_VALUE : 0), bound(start), low, high, length);
            long end = bound(stop).isEmpty()
                    ? step < 0 ? -1 : length
                    : clamped(bound(stop).getAsLong(), bound(stop), low, high, length);
            long distance = step < 0 ? first - end : end - first;
            long stride = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
            return new Range(Math.max(0, first), distance <= 0 ? 0 : 1 + (distance - 1) / stride);
        }

        private static long clamped(long value, OptionalLong given, long low, long high, long length) {
            long index = given.isPresent() && value < 0 ? value + length : value;
            return Math.max(low, Math.min(high, index));
        }
    }

    /// A value's attribute by a path such as `a.b.0`, as filters take it.
    Value path(Value object, Value path) {
        if (!(path instanceof Text text)) {
            return item(object, path);
        }
        Value value = object;
        for (String part : text.chars().split("\\.", -1)) {
            boolean number =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            value = item(value, number ? Value.whole(Integer.parseInt(part)) : Text.literal(part));
        }
        return value;
    }
}
