package dev.cortado.text.chat.jinja;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// The one thing a template can change: `namespace()`, whose attributes outlive the loop they are set in.
final class Namespace implements Value {
    private final SequencedMap<String, Value> attributes = new LinkedHashMap<>();

    Optional<Value> find(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    void put(String name, Value value) {
        attributes.put(name, value);
    }

    Mapping asMapping() {
        return Mapping.of(attributes, Origin.TEMPLATE);
    }

    @Override
    public Origin origin() {
        return Origin.TEMPLATE;
    }
}
