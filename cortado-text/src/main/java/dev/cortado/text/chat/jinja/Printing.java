package dev.cortado.text.chat.jinja;

import java.util.List;

/// What values print as: Python's `str` and `repr`. Characters of strings keep their origins; brackets, commas and
/// quotes have the origin of the container or string they are made for.
final class Printing {
    private final Budget budget;

    Printing(Budget budget) {
        this.budget = budget;
    }

    /// Python's `str`.
    Text str(Value value) {
        if (value instanceof Text text) {
            return text;
        }
        if (value instanceof Value.Undefined) {
            return Text.EMPTY;
        }
        return repr(value);
    }

    /// Python's `repr`.
    Text repr(Value value) {
        var out = new TextBuilder(budget);
        repr(value, out);
        return out.build();
    }

    private void repr(Value value, TextBuilder out) {
        budget.step();
        Origin origin = value.origin();
        switch (value) {
            case Text text -> quoted(text, out);
            case Value.Whole(long whole, Origin _) -> out.append(Long.toString(whole), origin);
            case Value.Real(double real, Origin _) -> out.append(Numbers.repr(real), origin);
            case Value.Bool(boolean bool, Origin _) -> out.append(bool ? "True" : "False", origin);
            case Value.None _ -> out.append("None", origin);
            case Value.Undefined _ -> out.append("Undefined", origin);
            case Mapping mapping -> mapping(mapping, out);
            case Value.Sequence sequence -> sequence(sequence, out);
            case Namespace namespace -> {
                out.append("<Namespace ", origin);
                budget.enter();
                repr(namespace.asMapping(), out);
                budget.leave();
                out.append(">", origin);
            }
            case Value.Generator _ -> out.append("<generator object>", origin);
            case Value.Callable(String name, Value.Body _) -> out.append("<function " + name + ">", origin);
            case Value.Thing thing -> out.append("<" + thing.type() + ">", origin);
        }
    }

    private void mapping(Mapping mapping, TextBuilder out) {
        budget.enter();
        String before = "{";
        for (Mapping.Entry entry : mapping.entries()) {
            out.append(before, mapping.origin());
            repr(entry.key(), out);
            out.append(": ", mapping.origin());
            repr(entry.value(), out);
            before = ", ";
        }
        out.append(mapping.size() == 0 ? "{}" : "}", mapping.origin());
        budget.leave();
    }

    private void sequence(Value.Sequence sequence, TextBuilder out) {
        Origin origin = sequence.origin();
        List<Value> items = sequence.items();
        switch (sequence.kind()) {
            case LIST -> items("[", items, "]", origin, out);
            case TUPLE -> items("(", items, items.size() == 1 ? ",)" : ")", origin, out);
            case RANGE -> out.append(range(items), origin);
            case ITEMS, KEYS, VALUES -> items(sequence.kind().type + "([", items, "])", origin, out);
        }
    }

    private void items(String open, List<Value> items, String close, Origin origin, TextBuilder out) {
        budget.enter();
        out.append(open, origin);
        boolean first = true;
        for (Value item : items) {
            if (!first) {
                out.append(", ", origin);
            }
            repr(item, out);
            first = false;
        }
        out.append(close, origin);
        budget.leave();
    }

    private static String range(List<Value> items) {
        if (items.isEmpty()) {
            return "range(0, 0)";
        }
        long first = Types.whole(items.getFirst()).orElse(0);
        long last = Types.whole(items.getLast()).orElse(0);
        long step = items.size() == 1 ? 1 : (last - first) / (items.size() - 1);
        return "range(" + first + ", " + (last + step) + (step == 1 ? ")" : ", " + step + ")");
    }

    /// A string literal: in single quotes unless only those occur in it, with what is not printable escaped.
    private static void quoted(Text text, TextBuilder out) {
        String chars = text.chars();
        char quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? '"' : '\'';
        Origin whole = text.origin();
        out.append(Character.toString(quote), whole);
        int plain = 0;
        for (int i = 0; i < chars.length(); ) {
            int c = chars.codePointAt(i);
            int end = i + Character.charCount(c);
            if (c == quote || c == '\\' || !printable(c)) {
                out.append(text, plain, i);
                out.append(escape(c), text.originAt(i));
                plain = end;
            }
            i = end;
        }
        out.append(text, plain, chars.length());
        out.append(Character.toString(quote), whole);
    }

    private static String escape(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\\', '\'', '"' -> "\\" + (char) c;
            default ->
                c < 0x100
                        ? String.format("\\x%02x", c)
                        : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
        };
    }

    private static boolean printable(int c) {
        if (c >= ' ' && c < 127) {
            return true;
        }
        return switch ((byte) Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
