package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Functions every template can call: Jinja's, and the two that Transformers adds for chats.
final class Globals {
    private static final int LONGEST_RANGE = 100_000; // of Jinja's sandbox

    static final Map<String, Value.Body> ALL = Map.of(
            "range", Globals::range,
            "dict", Globals::dict,
            "namespace", Globals::namespace,
            "cycler", (_, args) -> cycler(args),
            "joiner", (_, args) -> joiner(args),
            "raise_exception",
                    (r, args) -> {
                        throw new TemplateException(r.printing()
                                .str(args.bind("raise_exception", "message").required(0))
                                .chars());
                    },
            "strftime_now",
                    (r, args) -> Text.literal(Strftime.format(
                            args.bind("strftime_now", "format").requiredText(0).chars(), r.clock())));

    private Globals() {}

    private static Value range(Rendering r, Args args) {
        Args.Bound bound = args.bind("range", "start", "stop", "step");
        boolean one = args.positional().size() == 1;
        bound.required(0);
        long start = one ? 0 : bound.whole(0, 0);
        long stop = one ? bound.whole(0, 0) : bound.whole(1, 0);
        long step = bound.whole(2, 1);
        if (step == 0) {
            throw new TemplateException("range() step must not be zero");
        }
        boolean empty = step > 0 ? start >= stop : start <= stop;
        double count = empty ? 0 : Math.ceil(((double) stop - start) / step);
        if (count > LONGEST_RANGE) {
            throw new TemplateException("a range may have at most " + LONGEST_RANGE + " elements");
        }
        r.budget().steps(1 + (long) count);
        List<Value> items = new ArrayList<>((int) count);
        for (long i = 0; i < (long) count; i++) {
            items.add(Value.whole(start + i * step));
        }
        return new Value.Sequence(Value.Sequence.Kind.RANGE, items, Origin.TEMPLATE);
    }

    /// Pairs or a mapping, then named values.
    private static List<Mapping.Entry> entries(Rendering r, Args args) {
        List<Mapping.Entry> entries = new ArrayList<>();
        if (args.positional().size() > 1) {
            throw new TemplateException("expected at most one mapping or list of pairs");
        }
        for (Value from : args.positional()) {
            if (from instanceof Mapping mapping) {
                mapping.entries().forEach(entries::add);
            } else {
                for (Value pair : Types.elements(r.budget(), from)) {
                    List<Value> parts = Types.elements(r.budget(), pair);
                    if (parts.size() != 2) {
                        throw new TemplateException("a mapping is made of pairs, not of " + parts.size() + " values");
                    }
                    entries.add(new Mapping.Entry(parts.get(0), parts.get(1)));
                }
            }
        }
        args.named().forEach((name, value) -> entries.add(new Mapping.Entry(Text.literal(name), value)));
        r.budget().steps(4L * entries.size());
        return entries;
    }

    private static Value dict(Rendering r, Args args) {
        return Mapping.ofEntries(entries(r, args), Origin.TEMPLATE);
    }

    private static Value namespace(Rendering r, Args args) {
        var namespace = new Namespace();
        for (Mapping.Entry entry : entries(r, args)) {
            if (!(entry.key() instanceof Text name)) {
                throw new TemplateException("names in a namespace are strings");
            }
            namespace.put(name.chars(), entry.value());
        }
        return namespace;
    }

    private static Value cycler(Args args) {
        if (args.positional().isEmpty()) {
            throw new TemplateException("at least one item has to be provided");
        }
        int[] position = {0};
        Map<String, Value> attributes = new LinkedHashMap<>();
        List<Value> items = args.positional();
        attributes.put("next", new Value.Callable("next", (_, _) -> {
            Value item = items.get(position[0]);
            position[0] = (position[0] + 1) % items.size();
            return item;
        }));
        attributes.put("reset", new Value.Callable("reset", (_, _) -> {
            position[0] = 0;
            return Value.none();
        }));
        return new Value.Thing("Cycler", name -> {
            if (name.equals("current")) {
                return items.get(position[0]);
            }
            return attributes.getOrDefault(name, new Value.Undefined("'cycler' has no attribute '" + name + "'"));
        });
    }

    private static Value joiner(Args args) {
        Value separator = args.bind("joiner", "sep").value(0).orElse(Text.literal(", "));
        boolean[] used = {false};
        return new Value.Callable("joiner", (_, _) -> {
            Value now = used[0] ? separator : Text.EMPTY;
            used[0] = true;
            return now;
        });
    }
}
