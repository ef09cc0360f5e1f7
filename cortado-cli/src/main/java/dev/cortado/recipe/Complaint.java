package dev.cortado.recipe;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/// Turns what Jackson says about a tree that does not fit a record into one line for the recipe's author.
record Complaint(RecipeTree tree, JacksonException cause) {
    private static final Pattern KNOWN_TYPES = Pattern.compile("known type ids = \\[([^]]*)]");

    /// @throws IllegalStateException (returned as the bug it is) when the record's own code failed
    RuntimeException asException() {
        String path = path();
        return switch (cause) {
            case UnrecognizedPropertyException e -> unknownKey(path, e);
            case InvalidTypeIdException e -> unknownType(path, e);
            case ValueInstantiationException e
            when e.getCause() instanceof IllegalArgumentException refusal ->
                tree.error((path.isEmpty() ? "" : path + ": ") + refusal.getMessage() + origin(path), cause);
            case ValueInstantiationException e -> new IllegalStateException("cannot build '" + path + "'", e);
            case MismatchedInputException e -> misfit(path, e.getTargetType());
            case InputCoercionException e -> misfit(path, e.getTargetType());
            default -> tree.error("'" + path + "': " + cause.getOriginalMessage() + origin(path), cause);
        };
    }

    private RuntimeException unknownKey(String path, UnrecognizedPropertyException e) {
        List<String> known = Objects.requireNonNullElse(e.getKnownPropertyIds(), List.<Object>of()).stream()
                .map(Object::toString)
                .sorted()
                .toList();
        String section = path.substring(0, path.length() - e.getPropertyName().length());
        return tree.error(
                "unknown key '" + path + "'" + origin(path) + "; " + suggestion(section, e.getPropertyName(), known),
                cause);
    }

    private RuntimeException unknownType(String path, InvalidTypeIdException e) {
        if (e.getTypeId() == null) {
            return tree.error("'" + path + "' needs a key 'type' that says which kind it is" + origin(path), cause);
        }
        Matcher known = KNOWN_TYPES.matcher(e.getOriginalMessage());
        List<String> ids = known.find() ? List.of(known.group(1).split(", ")) : List.of();
        return tree.error(
                "unknown type '" + e.getTypeId() + "' of '" + path + "'" + origin(path) + "; "
                        + suggestion("", e.getTypeId(), ids),
                cause);
    }

    private static String suggestion(String section, String wrong, Collection<String> known) {
        return DidYouMean.among(wrong, known)
                .map(near -> "did you mean '" + section + near + "'?")
                .orElseGet(() -> "known: " + String.join(", ", known));
    }

    private RuntimeException misfit(String path, @Nullable Class<?> wanted) {
        JsonNode value = tree.at(path);
        String expected = wanted == null ? "another kind of value" : expected(wanted);
        if (value.isMissingNode()) {
            return tree.error("missing key '" + path + "', which must be " + expected + sectionOrigin(path), cause);
        }
        String quotes = expected.equals("text") && value.isValueNode() && !value.isNull() ? "; put it in quotes" : "";
        String subject = path.isEmpty() ? "it" : "'" + path + "'";
        return tree.error(
                subject + " is " + RecipeTree.describe(value) + " but must be " + expected + origin(path) + quotes,
                cause);
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number of at most " + Integer.MAX_VALUE;
        }
        if (type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class || type == float.class || type == Float.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type == String.class || type == Path.class) {
            return "text";
        }
        return "a section with keys"; // a record, a choice of records, a map
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : cause.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    private String origin(String path) {
        return tree.origin(path).map(origin -> " (" + origin + ")").orElse("");
    }

    /// Of a key that is not there, only the section can be pointed at.
    private String sectionOrigin(String path) {
        Optional<String> origin = tree.origin(path);
        return origin.map(place -> " (the section is at " + place + ")").orElse("");
    }
}
