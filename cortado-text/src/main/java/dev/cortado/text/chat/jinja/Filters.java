package dev.cortado.text.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/// All filters by name.
final class Filters {
    static final Map<String, Filter> ALL = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> all = new HashMap<>(TextFilters.ALL);
        all.putAll(SequenceFilters.ALL);
        all.putAll(SelectionFilters.ALL);
        all.putAll(ValueFilters.ALL);
        return Map.copyOf(all);
    }
}
