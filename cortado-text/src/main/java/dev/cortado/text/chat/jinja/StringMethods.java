package dev.cortado.text.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/// The methods of Python's strings.
final class StringMethods {
    private static final Map<String, Method> ALL = Map.ofEntries(
            Map.entry("strip", strip(true, true)),
            Map.entry("lstrip", strip(true, false)),
            Map.entry("rstrip", strip(false, true)),
            Map.entry("split", split(false)),
            Map.entry("rsplit", split(true)),
            Map.entry(
                    "splitlines",
                    (r, text, args) -> Value.list(new Splitting(r.budget())
                            .lines(text, args.bind("splitlines", "keepends").flag(0, false)))),
            Map.entry("partition", partition(false)),
            Map.entry("rpartition", partition(true)),
            Map.entry("replace", StringMethods::replace),
            Map.entry("startswith", affix(true)),
            Map.entry("endswith", affix(false)),
            Map.entry("removeprefix", without(true)),
            Map.entry("removesuffix", without(false)),
            Map.entry("upper", (r, text, _) -> new Casing(r.budget()).upper(text)),
            Map.entry("lower", (r, text, _) -> new Casing(r.budget()).lower(text)),
            Map.entry("casefold", (r, text, _) -> new Casing(r.budget()).lower(text)),
            Map.entry("title", (r, text, _) -> new Casing(r.budget()).title(text)),
            Map.entry("capitalize", (r, text, _) -> new Casing(r.budget()).capitalize(text)),
            Map.entry("swapcase", (r, text, _) -> new Casing(r.budget()).swapped(text)),
            Map.entry("find", find("find", false, false)),
            Map.entry("rfind", find("rfind", true, false)),
            Map.entry("index", find("index", false, true)),
            Map.entry("rindex", find("rindex", true, true)),
            Map.entry("count", StringMethods::count),
            Map.entry("join", StringMethods::join),
            Map.entry("format", (r, text, args) -> new BraceFormat(r, args).apply(text)),
            Map.entry("isdigit", all(c -> Character.isDigit(c) || isSuperscript(c))),
            Map.entry("isdecimal", all(Character::isDigit)),
            Map.entry(
                    "isnumeric",
                    all(c -> Character.isDigit(c)
                            || Character.getType(c) == Character.OTHER_NUMBER
                            || Character.getType(c) == Character.LETTER_NUMBER)),
            Map.entry("isalpha", all(Character::isLetter)),
            Map.entry(
                    "isalnum",
                    all(c -> Character.isLetterOrDigit(c)
                            || Character.getType(c) == Character.OTHER_NUMBER
                            || Character.getType(c) == Character.LETTER_NUMBER)),
            Map.entry("isspace", all(Characters::isSpace)),
            Map.entry("isascii", (_, text, _) -> Value.bool(text.chars().chars().allMatch(c -> c < 128))),
            Map.entry("islower", (_, text, _) -> Value.bool(isCase(text, false))),
            Map.entry("isupper", (_, text, _) -> Value.bool(isCase(text, true))),
            Map.entry("zfill", StringMethods::zfill),
            Map.entry("ljust", justify('<')),
            Map.entry("rjust", justify('>')),
            Map.entry("center", justify('^')));

    private StringMethods() {}

    /// What a method does with its string.
    @FunctionalInterface
    private interface Method {
        Value call(Rendering rendering, Text text, Args args);
    }

    /// A string's method by name.
    static Optional<Value.Callable> find(Text text, String name) {
        return Optional.ofNullable(ALL.get(name))
                .map(method -> new Value.Callable(name, (rendering, args) -> {
                    rendering.budget().steps(1 + text.length() / 16);
                    return method.call(rendering, text, args);
                }));
    }

    private static boolean isSuperscript(int c) {
        return c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || c == 0x2070
                || (c >= 0x2074 && c <= 0x2079)
                || (c >= 0x2080 && c <= 0x2089);
    }

    /// Whether letters that have a case all have the same, and there is one.
    static boolean isCase(Text text, boolean upper) {
        boolean right = text.chars()
                .codePoints()
                .noneMatch(c -> upper
                        ? Character.isLowerCase(c) || Character.isTitleCase(c)
                        : Character.isUpperCase(c) || Character.isTitleCase(c));
        return right && text.chars().codePoints().anyMatch(Characters::isCased);
    }

    private static Method all(IntPredicate property) {
        return (_, text, _) ->
                Value.bool(text.length() > 0 && text.chars().codePoints().allMatch(property));
    }

    private static Method strip(boolean start, boolean end) {
        return (r, text, args) -> new Splitting(r.budget())
                .strip(text, args.bind("strip", "chars").text(0), start, end);
    }

    private static Method split(boolean right) {
        return (r, text, args) -> {
            Args.Bound bound = args.bind("split", "sep", "maxsplit");
            var splitting = new Splitting(r.budget());
            Optional<Text> separator = bound.text(0);
            long limit = bound.whole(1, -1);
            if (separator.isEmpty()) {
                return Value.list(right ? splitting.lastWords(text, limit) : splitting.words(text, limit));
            }
            return Value.list(
                    right
                            ? splitting.lastAt(text, separator.get(), limit)
                            : splitting.at(text, separator.get(), limit));
        };
    }

    private static Method partition(boolean right) {
        return (r, text, args) -> {
            Text separator = args.bind("partition", "sep").requiredText(0);
            var splitting = new Splitting(r.budget());
            List<Value> parts = right ? splitting.lastAt(text, separator, 1) : splitting.at(text, separator, 1);
            if (parts.size() == 1) {
                return Value.tuple(
                        right ? List.of(Text.EMPTY, Text.EMPTY, text) : List.of(text, Text.EMPTY, Text.EMPTY));
            }
            int start = ((Text) parts.getFirst()).length();
            return Value.tuple(
                    List.of(parts.getFirst(), text.slice(start, start + separator.length()), parts.getLast()));
        };
    }

    private static Value replace(Rendering r, Text text, Args args) {
        Args.Bound bound = args.bind("replace", "old", "new", "count");
        return new Splitting(r.budget())
                .replace(text, bound.requiredText(0), bound.requiredText(1), bound.whole(2, -1));
    }

    /// The part of a text between two indices of a call, in UTF-16.
    private static int[] window(Text text, Args.Bound bound, int first) {
        int length = text.codePoints();
        int[] window = new int[2];
        for (int i = 0; i < 2; i++) {
            long index = bound.whole(first + i, i == 0 ? 0 : length);
            long at = index < 0 ? Math.max(0, index + length) : index;
            if (i == 0 && at > length) {
                return new int[] {text.length() + 1, text.length()};
            }
            window[i] = text.offset((int) Math.min(at, length));
        }
        return window;
    }

    private static Method affix(boolean start) {
        return (_, text, args) -> {
            Args.Bound bound = args.bind(start ? "startswith" : "endswith", "affix", "start", "end");
            int[] window = window(text, bound, 1);
            Value wanted = Types.defined(bound.required(0));
            List<Value> affixes =
                    wanted instanceof Value.Sequence sequence && sequence.kind() == Value.Sequence.Kind.TUPLE
                            ? sequence.items()
                            : List.of(wanted);
            boolean found = false;
            for (Value affix : affixes) {
                if (!(affix instanceof Text part)) {
                    throw bound.wrong(0, affix, "str or a tuple of str");
                }
                int at = start ? window[0] : window[1] - part.length();
                found |= at >= window[0]
                        && at + part.length() <= window[1]
                        && text.chars().startsWith(part.chars(), at);
            }
            return Value.bool(found);
        };
    }

    private static Method without(boolean start) {
        return (_, text, args) -> {
            String affix = args.bind("removeaffix", "affix").requiredText(0).chars();
            if (start) {
                return text.chars().startsWith(affix) ? text.slice(affix.length(), text.length()) : text;
            }
            return text.chars().endsWith(affix) ? text.slice(0, text.length() - affix.length()) : text;
        };
    }

    private static Method find(String name, boolean last, boolean must) {
        return (r, text, args) -> {
            Args.Bound bound = args.bind(name, "sub", "start", "end");
            String wanted = bound.requiredText(0).chars();
            int[] window = window(text, bound, 1);
            int found = -1;
            if (window[0] <= window[1]) {
                String part = text.chars().substring(window[0], window[1]);
                var splitting = new Splitting(r.budget());
                var search = new Search(r.budget(), last ? splitting.reversed(wanted) : wanted);
                int at = wanted.isEmpty() ? 0 : search.next(last ? splitting.reversed(part) : part, 0);
                boolean occurs = at < part.length() || wanted.isEmpty();
                found = occurs && last ? part.length() - at - wanted.length() : occurs ? at : -1;
            }
            if (must && found < 0) {
                throw new TemplateException("substring not found");
            }
            return Value.whole(found < 0 ? -1 : text.codePointsBefore(window[0] + found));
        };
    }

    private static Value count(Rendering r, Text text, Args args) {
        Args.Bound bound = args.bind("count", "sub", "start", "end");
        Text wanted = bound.requiredText(0);
        int[] window = window(text, bound, 1);
        if (window[0] > window[1]) {
            return Value.whole(0);
        }
        Text part = text.slice(window[0], window[1]);
        if (wanted.length() == 0) {
            return Value.whole(part.codePoints() + 1L);
        }
        var search = new Search(r.budget(), wanted.chars());
        long count = 0;
        for (int at = search.next(part.chars(), 0);
                at < part.length();
                at = search.next(part.chars(), at + search.length())) {
            count++;
        }
        return Value.whole(count);
    }

    private static Value join(Rendering r, Text text, Args args) {
        TextBuilder out = r.builder();
        boolean first = true;
        for (Value item :
                Types.elements(r.budget(), args.bind("join", "iterable").required(0))) {
            if (!(item instanceof Text part)) {
                throw new TemplateException("join() takes strings, not '" + Types.name(item) + "'");
            }
            if (!first) {
                out.append(text);
            }
            out.append(part);
            first = false;
        }
        return out.build();
    }

    private static Value zfill(Rendering r, Text text, Args args) {
        long missing = args.bind("zfill", "width").whole(0, 0) - text.codePoints();
        boolean signed = text.chars().startsWith("+") || text.chars().startsWith("-");
        return r.builder()
                .append(text, 0, signed ? 1 : 0)
                .repeat(Text.literal("0"), missing)
                .append(text, signed ? 1 : 0, text.length())
                .build();
    }

    private static Method justify(char side) {
        return (r, text, args) -> {
            Args.Bound bound = args.bind("just", "width", "fillchar");
            Text fill = bound.text(1).orElse(Text.literal(" "));
            if (fill.codePoints() != 1) {
                throw new TemplateException("the fill character must be exactly one character long");
            }
            return justified(r, text, bound.whole(0, 0), fill, side);
        };
    }

    static Text justified(Rendering r, Text text, long width, Text fill, char side) {
        long missing = Math.max(0, width - text.codePoints());
        // Python puts the odd one of a centred text to the left when the width is odd.
        long left = side == '<' ? 0 : side == '>' ? missing : missing / 2 + (missing & width & 1);
        return r.builder()
                .repeat(fill, left)
                .append(text)
                .repeat(fill, missing - left)
                .build();
    }
}
