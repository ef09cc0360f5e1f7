package dev.cortado.text.tokenizer.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A value of a JSON file and where in the file it stands, so that whatever is wrong with it can be told.
///
/// @param path as in `model.merges[3]`; empty for the whole file
record Place(JsonNode node, String path) {
    private static final int SHOWN = 100; // characters of a value that a message shows

    /// The value of a key; missing when there is none.
    Place at(String key) {
        return new Place(node.path(key), path.isEmpty() ? key : path + "." + key);
    }

    /// The value at an index of a list.
    Place at(int index) {
        return new Place(node.path(index), path + "[" + index + "]");
    }

    /// Whether there is nothing here, or null.
    boolean isAbsent() {
        return node.isMissingNode() || node.isNull();
    }

    /// What a function makes of the value, if there is one.
    <T> Optional<T> optional(Function<Place, T> read) {
        return isAbsent() ? Optional.empty() : Optional.of(read.apply(this));
    }

    /// This object, which has no other keys than these.
    Place object(String... known) {
        for (String key : object().propertyNames()) {
            if (!Arrays.asList(known).contains(key)) {
                throw error("has the unknown key '" + shortened(key) + "'; known are " + String.join(", ", known));
            }
        }
        return this;
    }

    ObjectNode object() {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw wrong("an object");
    }

    /// The values of a list.
    List<Place> list() {
        ArrayNode list = array();
        List<Place> places = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            places.add(at(i));
        }
        return places;
    }

    ArrayNode array() {
        if (node instanceof ArrayNode array) {
            return array;
        }
        throw wrong("a list");
    }

    String string() {
        if (!node.isString()) {
            throw wrong("a string");
        }
        return wellFormed(node.stringValue());
    }

    /// A string, once more looked at: it can be written as UTF-8.
    String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw error("has half a surrogate pair in '" + shortened(text) + "'");
                }
                i++;
            }
        }
        return text;
    }

    /// A string of one character; its code point.
    int character() {
        String text = string();
        if (text.codePointCount(0, text.length()) != 1) {
            throw wrong("a string of one character");
        }
        return text.codePointAt(0);
    }

    boolean flag() {
        if (!node.isBoolean()) {
            throw wrong("true or false");
        }
        return node.booleanValue();
    }

    /// A flag that may be left out or null.
    boolean flagOr(boolean absent) {
        return isAbsent() ? absent : flag();
    }

    /// A whole number from 0 to 2³¹ − 1.
    int count() {
        if (!node.isInt() || node.intValue() < 0) {
            throw wrong("a whole number from 0 to " + Integer.MAX_VALUE);
        }
        return node.intValue();
    }

    OptionalInt optionalCount() {
        return isAbsent() ? OptionalInt.empty() : OptionalInt.of(count());
    }

    double number() {
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw wrong("a number");
        }
        return node.doubleValue();
    }

    /// One of several words, and what each stands for.
    <T extends Enum<T>> T choice(Class<T> kind, Function<T, String> name) {
        for (T constant : kind.getEnumConstants()) {
            if (node.isString() && name.apply(constant).equals(node.stringValue())) {
                return constant;
            }
        }
        throw wrong("one of "
                + String.join(
                        ", ", Arrays.stream(kind.getEnumConstants()).map(name).toList()));
    }

    /// The exception for a value that is not what it has to be.
    IllegalArgumentException wrong(String wanted) {
        return error(
                node.isMissingNode()
                        ? "is missing; it must be " + wanted
                        : "is " + shortened(node.toString()) + ", not " + wanted);
    }

    /// The exception for anything else that is wrong here.
    IllegalArgumentException error(String what) {
        return new IllegalArgumentException((path.isEmpty() ? "the file" : path) + " " + what);
    }

    static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
