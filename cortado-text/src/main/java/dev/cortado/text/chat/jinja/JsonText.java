package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// JSON as Python's `json.dumps` lays it out, and as Transformers calls it: without HTML escapes. Characters of strings
/// keep their origins; punctuation has the origin of the container or string it is for.
final class JsonText {
    private final Rendering rendering;
    private final boolean ascii;
    private final Optional<Text> indent;
    private final Text itemSeparator;
    private final Text keySeparator;
    private final boolean sorted;
    private final TextBuilder out;
    private int level;

    JsonText(
            Rendering rendering,
            boolean ascii,
            Optional<Text> indent,
            Text itemSeparator,
            Text keySeparator,
            boolean sorted) {
        this.rendering = rendering;
        this.ascii = ascii;
        this.indent = indent;
        this.itemSeparator = itemSeparator;
        this.keySeparator = keySeparator;
        this.sorted = sorted;
        this.out = rendering.builder();
    }

    Text write(Value value) {
        value(value);
        return out.build();
    }

    private void value(Value value) {
        rendering.budget().step();
        switch (value) {
            case Text text -> string(text);
            case Mapping mapping -> object(mapping);
            case Value.Sequence(Value.Sequence.Kind kind, List<Value> items, Origin origin)
            when kind == Value.Sequence.Kind.LIST || kind == Value.Sequence.Kind.TUPLE -> array(items, origin);
            default ->
                out.append(
                        scalar(value)
                                .orElseThrow(() -> new TemplateException(
                                        "object of type " + Types.name(value) + " is not JSON serializable")),
                        value.origin());
        }
    }

    private static Optional<String> scalar(Value value) {
        return switch (value) {
            case Value.Whole(long whole, Origin _) -> Optional.of(Long.toString(whole));
            case Value.Real(double real, Origin _) ->
                Optional.of(
                        Double.isNaN(real)
                                ? "NaN"
                                : Double.isInfinite(real) ? real > 0 ? "Infinity" : "-Infinity" : Numbers.repr(real));
            case Value.Bool(boolean bool, Origin _) -> Optional.of(Boolean.toString(bool));
            case Value.None _ -> Optional.of("null");
            default -> Optional.empty();
        };
    }

    private void object(Mapping mapping) {
        Origin origin = mapping.origin();
        List<Mapping.Entry> entries = new ArrayList<>();
        mapping.entries().forEach(entries::add);
        if (sorted) {
            entries.sort((a, b) -> rendering.operators().order(a.key(), b.key()));
        }
        open("{", origin);
        boolean first = true;
        for (Mapping.Entry entry : entries) {
            separate(first, origin);
            first = false;
            Value key = entry.key();
            string(
                    key instanceof Text text
                            ? text
                            : Text.of(
                                    scalar(key)
                                            .orElseThrow(() -> new TemplateException(
                                                    "keys of JSON must be strings, not " + Types.name(key))),
                                    key.origin()));
            punctuation(keySeparator, origin);
            value(entry.value());
        }
        close("}", first, origin);
    }

    private void array(List<Value> items, Origin origin) {
        open("[", origin);
        boolean first = true;
        for (Value item : items) {
            separate(first, origin);
            first = false;
            value(item);
        }
        close("]", first, origin);
    }

    private void open(String bracket, Origin origin) {
        rendering.budget().enter();
        level++;
        out.append(bracket, origin);
    }

    private void separate(boolean first, Origin origin) {
        if (!first) {
            punctuation(itemSeparator, origin);
        }
        newLine(origin);
    }

    private void close(String bracket, boolean empty, Origin origin) {
        level--;
        if (!empty) {
            newLine(origin);
        }
        out.append(bracket, origin);
        rendering.budget().leave();
    }

    private void newLine(Origin origin) {
        if (indent.isPresent()) {
            out.append("\n", origin);
            for (int i = 0; i < level; i++) {
                punctuation(indent.get(), origin);
            }
        }
    }

    private void punctuation(Text text, Origin origin) {
        out.append(text.chars(), origin.mix(text.origin()));
    }

    private void string(Text text) {
        String chars = text.chars();
        Origin whole = text.origin();
        out.append("\"", whole);
        int plain = 0;
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if (c == '"' || c == '\\' || c < ' ' || (ascii && c > '~')) {
                out.append(text, plain, i);
                out.append(escape(c), text.originAt(i));
                plain = i + 1;
            }
        }
        out.append(text, plain, chars.length());
        out.append("\"", whole);
    }

    private static String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> String.format("\\u%04x", (int) c);
        };
    }
}
