package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Filters of lists and of what else has elements.
final class SequenceFilters {
    static final Map<String, Filter> ALL = Map.ofEntries(
            Map.entry("length", (_, input, args) -> length(input, args)),
            Map.entry("count", (_, input, args) -> length(input, args)),
            Map.entry("list", (r, input, args) -> Value.list(elements("list", r, input, args))),
            Map.entry("first", SequenceFilters::first),
            Map.entry("last", SequenceFilters::last),
            Map.entry("join", SequenceFilters::join),
            Map.entry("reverse", SequenceFilters::reverse),
            Map.entry("sort", SequenceFilters::sort),
            Map.entry("dictsort", SequenceFilters::dictSort),
            Map.entry("items", SequenceFilters::items),
            Map.entry("unique", SequenceFilters::unique),
            Map.entry("groupby", SequenceFilters::groupBy),
            Map.entry("min", extreme("min", -1)),
            Map.entry("max", extreme("max", 1)),
            Map.entry("sum", SequenceFilters::sum),
            Map.entry("batch", SequenceFilters::batch),
            Map.entry("slice", SequenceFilters::slice));

    private SequenceFilters() {}

    private record Keyed(Value key, Value value) {}

    private static List<Value> elements(String filter, Rendering r, Value input, Args args) {
        args.bind(filter);
        return elements(r, input);
    }

    private static List<Value> elements(Rendering r, Value input) {
        List<Value> elements = Types.elements(r.budget(), input);
        r.budget().steps(elements.size());
        return elements;
    }

    private static Value generator(List<Value> items) {
        return new Value.Generator(items.iterator());
    }

    private static Value length(Value input, Args args) {
        args.bind("length");
        return Value.whole(Types.length(input));
    }

    private static Value first(Rendering r, Value input, Args args) {
        args.bind("first");
        if (input instanceof Value.Generator generator && generator.items().hasNext()) {
            return generator.items().next();
        }
        List<Value> elements = elements(r, input);
        return elements.isEmpty()
                ? new Value.Undefined("there is no first element, the sequence is empty")
                : elements.getFirst();
    }

    private static Value last(Rendering r, Value input, Args args) {
        args.bind("last");
        if (input instanceof Value.Generator) {
            throw new TemplateException("'generator' object is not reversible; make it a list first");
        }
        List<Value> elements = elements(r, input);
        return elements.isEmpty()
                ? new Value.Undefined("there is no last element, the sequence is empty")
                : elements.getLast();
    }

    private static Value join(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("join", "d", "attribute");
        Text between = bound.value(0).map(r.printing()::str).orElse(Text.EMPTY);
        var attribute = Attributes.of(r, bound.present(1), Optional.empty(), false);
        TextBuilder out = r.builder();
        boolean first = true;
        for (Value item : elements(r, input)) {
            if (!first) {
                out.append(between);
            }
            out.append(r.printing().str(attribute.of(item)));
            first = false;
        }
        return out.build();
    }

    private static Value reverse(Rendering r, Value input, Args args) {
        List<Value> reversed = elements("reverse", r, input, args).reversed();
        if (!(input instanceof Text)) {
            return generator(reversed);
        }
        TextBuilder out = r.builder();
        reversed.forEach(character -> out.append((Text) character));
        return out.build();
    }

    private static List<Value> sorted(Rendering r, List<Value> items, Function<Value, Value> key, boolean descending) {
        r.budget().steps(16L * items.size()); // keys, and comparisons that cost more than a step
        List<Keyed> keyed = new ArrayList<>();
        for (Value item : items) {
            keyed.add(new Keyed(key.apply(item), item));
        }
        Comparator<Keyed> order = (a, b) -> // what has no order can still be equal
                r.operators().equal(a.key(), b.key()) ? 0 : r.operators().order(a.key(), b.key());
        if (keyed.size() > 1) {
            keyed.sort(descending ? order.reversed() : order);
        }
        return keyed.stream().map(Keyed::value).toList();
    }

    private static Value sort(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("sort", "reverse", "case_sensitive", "attribute");
        var attribute = Attributes.of(r, bound.present(2), Optional.empty(), !bound.flag(1, false));
        return Value.list(sorted(r, elements(r, input), attribute::of, bound.flag(0, false)));
    }

    private static Value dictSort(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("dictsort", "case_sensitive", "by", "reverse");
        String by = bound.text(1).map(Text::chars).orElse("key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateException("dictsort: 'by' must be 'key' or 'value'");
        }
        Value index = Value.whole(by.equals("key") ? 0 : 1);
        var attribute = Attributes.of(r, Optional.of(index), Optional.empty(), !bound.flag(0, false));
        return Value.list(sorted(r, mapping(input).items().items(), attribute::of, bound.flag(2, false)));
    }

    private static Mapping mapping(Value input) {
        if (Types.defined(input) instanceof Mapping mapping) {
            return mapping;
        }
        throw new TemplateException("can only get item pairs from a mapping, not from '" + Types.name(input) + "'");
    }

    private static Value items(Rendering r, Value input, Args args) {
        args.bind("items");
        return generator(
                input instanceof Value.Undefined
                        ? List.of()
                        : elements(r, mapping(input).items()));
    }

    private static Value unique(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("unique", "case_sensitive", "attribute");
        var attribute = Attributes.of(r, bound.present(1), Optional.empty(), !bound.flag(0, false));
        Set<Object> seen = new HashSet<>();
        List<Value> unique = new ArrayList<>();
        for (Value item : elements(r, input)) {
            r.budget().steps(8);
            if (seen.add(Mapping.identity(attribute.of(item)))) {
                unique.add(item);
            }
        }
        return generator(unique);
    }

    private static Value groupBy(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("groupby", "attribute", "default", "case_sensitive");
        boolean fold = !bound.flag(2, false);
        var attribute = Attributes.of(r, Optional.of(bound.required(0)), bound.value(1), fold);
        var shown = Attributes.of(r, Optional.of(bound.required(0)), bound.value(1), false);
        Map<Object, List<Value>> groups = new LinkedHashMap<>();
        for (Value item : sorted(r, elements(r, input), attribute::of, false)) {
            groups.computeIfAbsent(Mapping.identity(attribute.of(item)), _ -> new ArrayList<>())
                    .add(item);
        }
        List<Value> pairs = new ArrayList<>();
        for (List<Value> group : groups.values()) {
            pairs.add(Value.tuple(List.of(shown.of(group.getFirst()), Value.list(group))));
        }
        return Value.list(pairs);
    }

    private static Filter extreme(String name, int sign) {
        return (r, input, args) -> {
            Args.Bound bound = args.bind(name, "case_sensitive", "attribute");
            var attribute = Attributes.of(r, bound.present(1), Optional.empty(), !bound.flag(0, false));
            Optional<Keyed> best = Optional.empty();
            for (Value item : elements(r, input)) {
                var next = new Keyed(attribute.of(item), item);
                if (best.isEmpty()
                        || sign * r.operators().order(next.key(), best.get().key()) > 0) {
                    best = Optional.of(next);
                }
            }
            return best.<Value>map(Keyed::value)
                    .orElseGet(() -> new Value.Undefined("there is no " + name + ", the sequence is empty"));
        };
    }

    private static Value sum(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("sum", "attribute", "start");
        var attribute = Attributes.of(r, bound.present(0), Optional.empty(), false);
        Value sum = bound.value(1).orElseGet(() -> Value.whole(0));
        for (Value item : elements(r, input)) {
            if (sum instanceof Text) {
                throw new TemplateException("sum cannot add strings; use join");
            }
            sum = r.operators().binary("+", sum, attribute.of(item));
        }
        return sum;
    }

    private static Value batch(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("batch", "linecount", "fill_with");
        bound.required(0);
        long size = Math.max(1, bound.whole(0, 1));
        List<Value> batches = new ArrayList<>();
        List<Value> batch = new ArrayList<>();
        for (Value item : elements(r, input)) {
            if (batch.size() == size) {
                batches.add(Value.list(batch));
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        while (!batch.isEmpty() && bound.present(1).isPresent() && batch.size() < size) {
            r.budget().steps(4);
            batch.add(bound.required(1));
        }
        if (!batch.isEmpty()) {
            batches.add(Value.list(batch));
        }
        return generator(batches);
    }

    private static Value slice(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("slice", "slices", "fill_with");
        bound.required(0);
        long count = bound.whole(0, 1);
        List<Value> items = elements(r, input);
        if (count < 1) {
            throw new TemplateException("slice: the number of slices must be positive");
        }
        r.budget().steps(4 * Math.min(count, Long.MAX_VALUE / 4));
        List<Value> slices = new ArrayList<>();
        long larger = items.size() % count;
        int from = 0;
        for (long i = 0; i < count; i++) {
            int to = (int) (from + items.size() / count + (i < larger ? 1 : 0));
            List<Value> part = new ArrayList<>(items.subList(from, to));
            if (i >= larger && bound.present(1).isPresent()) {
                part.add(bound.required(1));
            }
            slices.add(Value.list(part));
            from = to;
        }
        return generator(slices);
    }
}
