package dev.cortado.text.chat.jinja;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Python's `format % values`.
final class PercentFormat {
    private final Budget budget;

    PercentFormat(Budget budget) {
        this.budget = budget;
    }

    Text apply(Text format, Value values) {
        boolean tuple = values instanceof Value.Sequence sequence && sequence.kind() == Value.Sequence.Kind.TUPLE;
        List<Value> items = tuple ? ((Value.Sequence) values).items() : List.of(values);
        Iterator<Value> rest = items.iterator();
        String chars = format.chars();
        var out = new TextBuilder(budget);
        int at = 0;
        boolean byName = false;
        for (int mark = chars.indexOf('%'); mark >= 0; mark = chars.indexOf('%', at)) {
            out.append(format, at, mark);
            var conversion = new Conversion(chars, mark + 1, rest);
            byName |= conversion.key != null;
            at = conversion.end;
            if (conversion.type == '%') {
                out.append(format, at - 1, at);
            } else {
                Value value = conversion.key == null ? conversion.next() : named(values, conversion.key);
                out.append(conversion.show(budget, value));
            }
        }
        boolean strict = tuple || values instanceof Text || !Types.iterable(values); // Python's check, as it is
        if (rest.hasNext() && !byName && strict) {
            throw new TemplateException("not all arguments converted during string formatting");
        }
        return out.append(format, at, chars.length()).build();
    }

    private static Value named(Value values, String key) {
        if (!(values instanceof Mapping mapping)) {
            throw new TemplateException("format requires a mapping");
        }
        return mapping.find(key).orElseThrow(() -> new TemplateException("no key '" + key + "' to format"));
    }

    /// One `%[(key)][flags][width][.precision]type`.
    private static final class Conversion {
        private final String chars;
        private final Iterator<Value> values;
        private final @Nullable String key;
        private final String flags;
        private final long width;
        private final long precision;
        private final char type;
        private int end;

        Conversion(String chars, int from, Iterator<Value> values) {
            this.chars = chars;
            this.values = values;
            this.end = from;
            if (end < chars.length() && chars.charAt(end) == '(') {
                int close = chars.indexOf(')', end);
                if (close < 0) {
                    throw new TemplateException("incomplete format key in '" + chars.substring(from) + "'");
                }
                key = chars.substring(end + 1, close);
                end = close + 1;
            } else {
                key = null;
            }
            int start = end;
            while (end < chars.length() && "-+ #0".indexOf(chars.charAt(end)) >= 0) {
                end++;
            }
            flags = chars.substring(start, end);
            width = number();
            if (end < chars.length() && chars.charAt(end) == '.') {
                end++;
                precision = Math.max(0, number());
            } else {
                precision = -1;
            }
            while (end < chars.length() && "hlL".indexOf(chars.charAt(end)) >= 0) {
                end++;
            }
            if (end >= chars.length()) {
                throw new TemplateException("incomplete format");
            }
            type = chars.charAt(end++);
            if ("diouxXeEfFgGcrsa%".indexOf(type) < 0) {
                throw new TemplateException("unsupported format character '" + type + "'");
            }
        }

        Value next() {
            if (!values.hasNext()) {
                throw new TemplateException("not enough arguments for format string");
            }
            return values.next();
        }

        private long number() {
            if (end < chars.length() && chars.charAt(end) == '*') {
                end++;
                return Types.whole(next()).orElseThrow(() -> new TemplateException("* wants int"));
            }
            long value = 0;
            while (end < chars.length() && Characters.isDigit(chars.charAt(end))) {
                value = Math.min(10 * value + chars.charAt(end++) - '0', Integer.MAX_VALUE);
            }
            return value;
        }

        private boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }

        Text show(Budget budget, Value value) {
            boolean text = "rsa".indexOf(type) >= 0;
            boolean left = has('-') || width < 0;
            boolean zero = has('0') && !left && !text;
            char sign = has('+') ? '+' : has(' ') ? ' ' : '-';
            Value shown = value;
            if (text) {
                shown = type == 's' ? new Printing(budget).str(value) : new Printing(budget).repr(value);
            } else if (type == 'c' && value instanceof Text character && character.codePoints() == 1) {
                shown = character;
            } else if (Types.real(Types.defined(value)).isEmpty()) {
                throw new TemplateException("%" + type + " format: a number is required, not " + Types.name(value));
            } else if (value instanceof Value.Real(double real, Origin origin) && "diu".indexOf(type) >= 0) {
                shown = new Value.Whole(Numbers.truncate(real), origin);
            }
            return new FormatSpec(
                            zero ? '0' : ' ',
                            left ? '<' : zero ? '=' : '>',
                            text ? '-' : sign,
                            has('#'),
                            (int) Math.min(Math.abs(width), Integer.MAX_VALUE),
                            ' ',
                            (int) Math.min(precision, Integer.MAX_VALUE),
                            shown instanceof Text ? 's' : type)
                    .apply(budget, shown);
        }
    }
}
