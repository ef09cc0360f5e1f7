package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Python's dict: keys keep their order and compare as Python's do (1, 1.0 and True are one key).
public final class Mapping implements Value {
    /// A key as it was first written, and its value.
    record Entry(Value key, Value value) {}

    private record None() {}

    private record Missing() {}

    private final SequencedMap<Object, Entry> entries;
    private final Origin origin;

    private Mapping(SequencedMap<Object, Entry> entries, Origin origin) {
        this.entries = entries;
        this.origin = origin;
    }

    /// A mapping of values by name; the names get the mapping's origin.
    public static Mapping of(SequencedMap<String, Value> values, Origin origin) {
        SequencedMap<Object, Entry> entries = new LinkedHashMap<>();
        values.forEach((name, value) -> entries.put(name, new Entry(Text.of(name, origin), value)));
        return new Mapping(entries, origin);
    }

    /// A mapping of pairs; of two with the same key the first's place and the last's value count.
    static Mapping ofEntries(List<Entry> pairs, Origin origin) {
        SequencedMap<Object, Entry> entries = new LinkedHashMap<>();
        for (Entry pair : pairs) {
            entries.merge(identity(pair.key()), pair, (old, added) -> new Entry(old.key(), added.value()));
        }
        return new Mapping(entries, origin);
    }

    /// What makes two keys the same key.
    ///
    /// @throws TemplateException when Python could not use the value as a key
    static Object identity(Value key) {
        return switch (key) {
            case Text text -> text.chars();
            case Value.Whole(long value, Origin _) -> value;
            case Value.Bool(boolean value, Origin _) -> value ? 1L : 0L;
            case Value.Real(double value, Origin _) -> value == (long) value ? (Object) (long) value : (Object) value;
            case Value.None _ -> new None();
            case Value.Sequence(Value.Sequence.Kind kind, List<Value> items, Origin _)
            when kind == Value.Sequence.Kind.TUPLE && items.size() <= 8 -> {
                List<Object> parts = new ArrayList<>();
                for (Value item : items) {
                    if (item instanceof Value.Sequence) {
                        throw new TemplateException("a tuple within a tuple cannot be a key here");
                    }
                    parts.add(identity(item));
                }
                yield parts;
            }
            case Value.Callable callable -> callable;
            case Value.Undefined _ -> new Missing();
            default -> throw new TemplateException("unhashable type: '" + Types.name(key) + "'");
        };
    }

    int size() {
        return entries.size();
    }

    Iterable<Entry> entries() {
        return entries.values();
    }

    Optional<Value> find(String key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    Optional<Value> find(Value key) {
        return Optional.ofNullable(entries.get(identity(key))).map(Entry::value);
    }

    Value.Sequence keys(Value.Sequence.Kind kind) {
        return new Value.Sequence(
                kind, entries.values().stream().map(Entry::key).toList(), origin);
    }

    Value.Sequence values() {
        return new Value.Sequence(
                Value.Sequence.Kind.VALUES,
                entries.values().stream().map(Entry::value).toList(),
                origin);
    }

    Value.Sequence items() {
        List<Value> items = new ArrayList<>(entries.size());
        for (Entry entry : entries.values()) {
            items.add(new Value.Sequence(Value.Sequence.Kind.TUPLE, List.of(entry.key(), entry.value()), origin));
        }
        return new Value.Sequence(Value.Sequence.Kind.ITEMS, items, origin);
    }

    @Override
    public Origin origin() {
        return origin;
    }
}
