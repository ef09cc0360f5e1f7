package dev.cortado.text.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Variables of a block and those around it. Assigning never reaches outward.
final class Scope {
    private final Map<String, Value> variables = new HashMap<>();
    private final Optional<Scope> around;

    Scope(Optional<Scope> around) {
        this.around = around;
    }

    Scope inner() {
        return new Scope(Optional.of(this));
    }

    void put(String name, Value value) {
        variables.put(name, value);
    }

    Value find(String name) {
        Optional<Scope> scope = Optional.of(this);
        while (scope.isPresent()) {
            Value value = scope.get().variables.get(name);
            if (value != null) {
                return value;
            }
            scope = scope.get().around;
        }
        return new Value.Undefined("'" + name + "' is undefined");
    }
}
