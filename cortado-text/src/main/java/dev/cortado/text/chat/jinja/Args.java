package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Arguments of a call, evaluated.
record Args(List<Value> positional, Map<String, Value> named) {
    static final Args NONE = new Args(List.of(), Map.of());

    /// The arguments by parameter.
    ///
    /// @param function its name, for messages
    /// @throws TemplateException when there are more than parameters, or one that no parameter has the name of
    Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new TemplateException(
                    function + "() takes at most " + parameters.length + " arguments, " + positional.size() + " given");
        }
        List<Optional<Value>> values = new ArrayList<>();
        Map<String, Value> rest = new LinkedHashMap<>(named);
        for (int i = 0; i < parameters.length; i++) {
            Optional<Value> byName = Optional.ofNullable(rest.remove(parameters[i]));
            if (i < positional.size() && byName.isPresent()) {
                throw new TemplateException(function + "() got two values for '" + parameters[i] + "'");
            }
            values.add(i < positional.size() ? Optional.of(positional.get(i)) : byName);
        }
        if (!rest.isEmpty()) {
            throw new TemplateException(function + "() has no parameter '"
                    + rest.keySet().iterator().next() + "'");
        }
        return new Bound(function, List.of(parameters), values);
    }

    /// The arguments after some that were used.
    Args after(int used) {
        return new Args(positional.subList(Math.min(used, positional.size()), positional.size()), named);
    }

    /// Arguments by the index of their parameter.
    record Bound(String function, List<String> parameters, List<Optional<Value>> values) {
        Optional<Value> value(int i) {
            return values.get(i);
        }

        Value required(int i) {
            return value(i).orElseThrow(() ->
                    new TemplateException(function + "() misses the argument '" + parameters.get(i) + "'"));
        }

        /// An argument that is not None.
        Optional<Value> present(int i) {
            return value(i).filter(value -> !(value instanceof Value.None));
        }

        Optional<Text> text(int i) {
            return present(i).map(value -> {
                if (Types.defined(value) instanceof Text text) {
                    return text;
                }
                throw wrong(i, value, "str");
            });
        }

        Text requiredText(int i) {
            required(i);
            return text(i).orElseThrow(() -> wrong(i, required(i), "str"));
        }

        long whole(int i, long otherwise) {
            return present(i)
                    .map(value -> Types.whole(Types.defined(value)).orElseThrow(() -> wrong(i, value, "int")))
                    .orElse(otherwise);
        }

        boolean flag(int i, boolean otherwise) {
            return value(i).map(Types::truth).orElse(otherwise);
        }

        TemplateException wrong(int i, Value value, String wanted) {
            return new TemplateException(
                    function + "(): '" + parameters.get(i) + "' must be " + wanted + ", not " + Types.name(value));
        }
    }
}
