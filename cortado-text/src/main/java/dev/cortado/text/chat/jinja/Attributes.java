package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a filter sees each element: itself, or one of its attributes; strings with or without their case.
///
/// @param paths attributes by path (`a.b.0`), several with commas between; none for the element itself
record Attributes(Rendering rendering, List<Value> paths, Optional<Value> otherwise, boolean foldCase) {
    static Attributes of(Rendering rendering, Optional<Value> attribute, Optional<Value> otherwise, boolean foldCase) {
        List<Value> paths = new ArrayList<>();
        if (attribute.isPresent() && attribute.get() instanceof Text text) {
            for (String path : text.chars().split(",", -1)) {
                paths.add(Text.literal(path));
            }
        } else {
            attribute.ifPresent(paths::add);
        }
        return new Attributes(rendering, paths, otherwise, foldCase);
    }

    /// What is looked at of an element.
    Value of(Value element) {
        rendering.budget().step();
        if (paths.isEmpty()) {
            return folded(element);
        }
        if (paths.size() == 1) {
            return one(element, paths.getFirst());
        }
        List<Value> parts = new ArrayList<>();
        for (Value path : paths) {
            parts.add(one(element, path));
        }
        return Value.list(parts);
    }

    private Value one(Value element, Value path) {
        Value value = rendering.access().path(element, path);
        return folded(value instanceof Value.Undefined ? otherwise.orElse(value) : value);
    }

    private Value folded(Value value) {
        return foldCase && value instanceof Text text ? new Casing(rendering.budget()).lower(text) : value;
    }
}
