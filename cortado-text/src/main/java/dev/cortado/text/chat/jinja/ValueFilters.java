package dev.cortado.text.chat.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/// Filters of numbers, of what may be missing, and to JSON.
final class ValueFilters {
    private static final int MAX_PLACES = 400; // a double has no digits beyond

    static final Map<String, Filter> ALL = Map.of(
            "default", ValueFilters::otherwise,
            "d", ValueFilters::otherwise,
            "int", ValueFilters::whole,
            "float", ValueFilters::real,
            "abs", ValueFilters::abs,
            "round", ValueFilters::round,
            "attr",
                    (r, input, args) -> r.access()
                            .attribute(
                                    input,
                                    args.bind("attr", "name").requiredText(0).chars()),
            "tojson", ValueFilters::json);

    private ValueFilters() {}

    private static Value otherwise(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("default", "default_value", "boolean");
        boolean missing = input instanceof Value.Undefined || (bound.flag(1, false) && !Types.truth(input));
        return missing ? bound.value(0).orElse(Text.EMPTY) : input;
    }

    private static Value whole(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("int", "default", "base");
        Value otherwise = bound.value(0).orElseGet(() -> Value.whole(0));
        if (Types.whole(Types.defined(input)).isPresent()) {
            return new Value.Whole(Types.whole(input).getAsLong(), input.origin());
        }
        Optional<Long> parsed = input instanceof Text text ? parse(text.chars(), bound.whole(1, 10)) : Optional.empty();
        Optional<Double> number = parsed.isPresent() ? Optional.empty() : parseReal(input);
        if (number.isPresent() && (Double.isNaN(number.get()) || Double.isInfinite(number.get()))) {
            return otherwise;
        }
        return parsed.or(() -> number.map(Numbers::truncate))
                .<Value>map(value -> new Value.Whole(value, input.origin()))
                .orElse(otherwise);
    }

    private static Optional<Long> parse(String written, long base) {
        String digits = Ascii.lower(written.strip()).replace("_", "");
        String sign = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(0, 1) : "";
        digits = digits.substring(sign.length());
        long radix = base;
        for (var prefix : Map.of("0x", 16, "0o", 8, "0b", 2).entrySet()) {
            if (digits.startsWith(prefix.getKey()) && (base == 0 || base == prefix.getValue())) {
                radix = prefix.getValue();
                digits = digits.substring(2);
            }
        }
        radix = radix == 0 ? 10 : radix;
        if (radix < 2 || radix > 36 || digits.startsWith("-") || digits.startsWith("+")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(sign + digits, (int) radix));
        } catch (NumberFormatException e) {
            return Optional.empty(); // not a number, which the filter's default stands for
        }
    }

    private static Optional<Double> parseReal(Value input) {
        if (!(input instanceof Text text)) {
            return Types.real(input).isPresent() ? Optional.of(Types.real(input).getAsDouble()) : Optional.empty();
        }
        String written = Ascii.lower(text.chars().strip()).replace("_", "");
        String size = written.startsWith("-") || written.startsWith("+") ? written.substring(1) : written;
        double sign = written.startsWith("-") ? -1 : 1;
        if (size.equals("inf") || size.equals("infinity") || size.equals("nan")) {
            return Optional.of(size.equals("nan") ? Double.NaN : sign * Double.POSITIVE_INFINITY);
        }
        // Java would also read hexadecimal numbers and suffixes.
        if (size.isEmpty() || !size.chars().allMatch(c -> "0123456789.e+-".indexOf(c) >= 0)) {
            return Optional.empty();
        }
        try {
            return Optional.of(sign * Double.parseDouble(size));
        } catch (NumberFormatException e) {
            return Optional.empty(); // not a number, which the filter's default stands for
        }
    }

    private static Value real(Rendering r, Value input, Args args) {
        Value otherwise = args.bind("float", "default").value(0).orElseGet(() -> new Value.Real(0, Origin.TEMPLATE));
        return parseReal(Types.defined(input))
                .<Value>map(value -> new Value.Real(value, input.origin()))
                .orElse(otherwise);
    }

    private static double number(String filter, Value input) {
        return Types.real(Types.defined(input))
                .orElseThrow(() -> new TemplateException(filter + " needs a number, not '" + Types.name(input) + "'"));
    }

    private static Value abs(Rendering r, Value input, Args args) {
        args.bind("abs");
        return number("abs", input) < 0 ? Numbers.sign(true, input) : Numbers.sign(false, input);
    }

    private static Value round(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("round", "precision", "method");
        double value = number("round", input);
        String method = bound.text(1).map(Text::chars).orElse("common");
        RoundingMode mode = switch (method) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new TemplateException("round: method must be common, ceil or floor");
        };
        long places = Math.max(-MAX_PLACES, Math.min(MAX_PLACES, bound.whole(0, 0)));
        boolean common = mode == RoundingMode.HALF_EVEN;
        if (common && Types.whole(input).isPresent() && places >= 0) {
            return Numbers.sign(false, input);
        }
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return input;
        }
        if (common) {
            double rounded = new BigDecimal(value).setScale((int) places, mode).doubleValue();
            boolean whole = Types.whole(input).isPresent();
            double signed = Math.copySign(rounded, value);
            return whole
                    ? new Value.Whole(Numbers.truncate(signed), input.origin())
                    : new Value.Real(signed, input.origin());
        }
        double scale = Math.pow(10, (double) places);
        double scaled = value * scale;
        return new Value.Real((method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled)) / scale, input.origin());
    }

    private static Value json(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        Optional<Text> indent = bound.present(1)
                .map(value -> value instanceof Text text
                        ? text
                        : r.builder()
                                .repeat(
                                        Text.literal(" "),
                                        Types.whole(value).orElseThrow(() -> bound.wrong(1, value, "int")))
                                .build());
        Text item = Text.literal(indent.isPresent() ? "," : ", ");
        Text key = Text.literal(": ");
        if (bound.present(2).isPresent()) {
            if (!(bound.required(2) instanceof Value.Sequence(var _, var both, var _))
                    || both.size() != 2
                    || !(both.get(0) instanceof Text first)
                    || !(both.get(1) instanceof Text second)) {
                throw bound.wrong(2, bound.required(2), "a pair of str");
            }
            item = first;
            key = second;
        }
        return new JsonText(r, bound.flag(0, false), indent, item, key, bound.flag(3, false)).write(input);
    }
}
