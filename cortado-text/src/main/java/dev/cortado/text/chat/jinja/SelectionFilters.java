package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `map`, and filters that keep what a test or its opposite holds for.
final class SelectionFilters {
    static final Map<String, Filter> ALL = Map.of(
            "map", SelectionFilters::map,
            "select", selection(true, false),
            "reject", selection(false, false),
            "selectattr", selection(true, true),
            "rejectattr", selection(false, true));

    private SelectionFilters() {}

    private static Value map(Rendering r, Value input, Args args) {
        List<Value> mapped = new ArrayList<>();
        if (args.positional().isEmpty()) {
            Args.Bound bound = args.bind("map", "attribute", "default");
            var attribute = Attributes.of(r, Optional.of(bound.required(0)), bound.value(1), false);
            for (Value item : elements(r, input)) {
                mapped.add(attribute.of(item));
            }
        } else {
            String name = name("filter", args);
            Filter filter = Optional.ofNullable(Filters.ALL.get(name))
                    .orElseThrow(() -> new TemplateException("no filter named '" + name + "'"));
            r.budget().enter(); // map may name map
            for (Value item : elements(r, input)) {
                r.budget().step();
                mapped.add(filter.apply(r, item, args.after(1)));
            }
            r.budget().leave();
        }
        return new Value.Generator(mapped.iterator());
    }

    private static Filter selection(boolean keep, boolean byAttribute) {
        return (r, input, args) -> {
            int used = byAttribute ? 1 : 0;
            if (byAttribute && args.positional().isEmpty()) {
                throw new TemplateException("selectattr and rejectattr need the name of an attribute");
            }
            Args testing = args.after(used);
            Optional<Test> test =
                    testing.positional().isEmpty() ? Optional.empty() : Optional.of(Tests.named(name("test", testing)));
            List<Value> kept = new ArrayList<>();
            for (Value item : elements(r, input)) {
                r.budget().step();
                Value seen =
                        byAttribute ? r.access().path(item, args.positional().getFirst()) : item;
                boolean holds = test.isPresent() ? test.get().holds(r, seen, testing.after(1)) : Types.truth(seen);
                if (holds == keep) {
                    kept.add(item);
                }
            }
            return new Value.Generator(kept.iterator());
        };
    }

    /// Nothing where there is nothing, be it None.
    private static List<Value> elements(Rendering r, Value input) {
        return Types.truth(input) ? Types.elements(r.budget(), input) : List.of();
    }

    private static String name(String kind, Args args) {
        if (args.positional().getFirst() instanceof Text name) {
            return name.chars();
        }
        throw new TemplateException("the name of a " + kind + " must be a string");
    }
}
