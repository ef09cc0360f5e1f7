package dev.cortado.text.chat.jinja;

/// Python's `format.format(values)`: `{}`, `{0}`, `{name}`, each with `!s` or `!r` and a specification after a colon.
final class BraceFormat {
    private static final int NESTED = 1; // a specification may hold fields, theirs may not

    private final Rendering rendering;
    private final Args args;
    private int automatic;

    BraceFormat(Rendering rendering, Args args) {
        this.rendering = rendering;
        this.args = args;
    }

    Text apply(Text format) {
        return apply(format, 0);
    }

    private Text apply(Text format, int depth) {
        String chars = format.chars();
        TextBuilder out = rendering.builder();
        for (int i = 0; i < chars.length(); ) {
            char c = chars.charAt(i);
            boolean doubled = i + 1 < chars.length() && chars.charAt(i + 1) == c;
            if (c == '{' && !doubled) {
                int close = close(chars, i);
                out.append(field(format.slice(i + 1, close), depth));
                i = close + 1;
            } else if (c == '}' && !doubled) {
                throw new TemplateException("single '}' in a format string");
            } else {
                int from = i;
                i += c == '{' || c == '}' ? 2 : 1;
                while (i < chars.length() && chars.charAt(i) != '{' && chars.charAt(i) != '}') {
                    i++;
                }
                out.append(format, c == '{' || c == '}' ? from + 1 : from, i);
            }
        }
        return out.build();
    }

    private static int close(String chars, int open) {
        int depth = 0;
        for (int i = open; i < chars.length(); i++) {
            depth += chars.charAt(i) == '{' ? 1 : chars.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new TemplateException("a '{' in a format string is not closed");
    }

    private Text field(Text field, int depth) {
        if (depth > NESTED) {
            throw new TemplateException("fields of a format string nest too deep");
        }
        String chars = field.chars();
        int colon = chars.indexOf(':');
        String name = colon < 0 ? chars : chars.substring(0, colon);
        int bang = name.indexOf('!');
        String conversion = bang < 0 ? "" : name.substring(bang + 1);
        Value value = value(bang < 0 ? name : name.substring(0, bang));
        if (!conversion.isEmpty()) {
            value = switch (conversion) {
                case "s" -> rendering.printing().str(value);
                case "r", "a" -> rendering.printing().repr(value);
                default -> throw new TemplateException("unknown conversion '!" + conversion + "'");
            };
        }
        String spec = colon < 0
                ? ""
                : apply(field.slice(colon + 1, field.length()), depth + 1).chars();
        return spec.isEmpty()
                ? rendering.printing().str(value)
                : FormatSpec.parse(spec).apply(rendering.budget(), value);
    }

    private Value value(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        String first = path.substring(0, end);
        Value value;
        if (first.isEmpty() || Characters.isDigit(first.charAt(0))) {
            int index = first.isEmpty() ? automatic++ : index(first);
            if (index >= args.positional().size()) {
                throw new TemplateException("no argument " + index + " to format");
            }
            value = args.positional().get(index);
        } else if (args.named().containsKey(first)) {
            value = args.named().get(first);
        } else {
            throw new TemplateException("no argument '" + first + "' to format");
        }
        while (end < path.length()) {
            boolean item = path.charAt(end) == '[';
            int from = end + 1;
            end = from;
            while (end < path.length() && (item ? path.charAt(end) != ']' : ".[".indexOf(path.charAt(end)) < 0)) {
                end++;
            }
            String key = path.substring(from, end);
            end += item ? 1 : 0;
            boolean number = item && !key.isEmpty() && Characters.isDigit(key.charAt(0));
            value = item
                    ? rendering.access().item(value, number ? Value.whole(index(key)) : Text.literal(key))
                    : rendering.access().attribute(value, key);
        }
        return value;
    }

    private static int index(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new TemplateException("'" + digits + "' is no index of an argument to format");
        }
    }
}
