package dev.cortado.text.chat.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Filters that make text of text. Anything else is first made text, as it prints.
final class TextFilters {
    static final Map<String, Filter> ALL = Map.ofEntries(
            Map.entry("upper", (r, input, args) -> new Casing(r.budget()).upper(only("upper", r, input, args))),
            Map.entry("lower", (r, input, args) -> new Casing(r.budget()).lower(only("lower", r, input, args))),
            Map.entry(
                    "capitalize",
                    (r, input, args) -> new Casing(r.budget()).capitalize(only("capitalize", r, input, args))),
            Map.entry("title", (r, input, args) -> new Casing(r.budget()).words(only("title", r, input, args))),
            Map.entry("string", (r, input, args) -> only("string", r, input, args)),
            Map.entry("safe", (r, input, args) -> only("safe", r, input, args)),
            Map.entry(
                    "trim",
                    (r, input, args) -> new Splitting(r.budget())
                            .strip(text(r, input), args.bind("trim", "chars").text(0), true, true)),
            Map.entry("replace", TextFilters::replace),
            Map.entry("indent", TextFilters::indent),
            Map.entry(
                    "center",
                    (r, input, args) -> StringMethods.justified(
                            r, text(r, input), args.bind("center", "width").whole(0, 80), Text.literal(" "), '^')),
            Map.entry("truncate", TextFilters::truncate),
            Map.entry("wordcount", TextFilters::wordCount),
            Map.entry("escape", TextFilters::escape),
            Map.entry("e", TextFilters::escape),
            Map.entry("forceescape", TextFilters::escape),
            Map.entry("format", TextFilters::format));

    private TextFilters() {}

    private static Text text(Rendering r, Value input) {
        Text text = r.printing().str(input);
        r.budget().steps(1 + text.length() / 16);
        return text;
    }

    /// The input of a filter without arguments.
    private static Text only(String filter, Rendering r, Value input, Args args) {
        args.bind(filter);
        return text(r, input);
    }

    private static Value replace(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("replace", "old", "new", "count");
        return new Splitting(r.budget())
                .replace(
                        text(r, input),
                        r.printing().str(bound.required(0)),
                        r.printing().str(bound.required(1)),
                        bound.whole(2, -1));
    }

    private static Value indent(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("indent", "width", "first", "blank");
        Text newline = Text.literal("\n");
        Text indent;
        if (bound.value(0).isPresent() && bound.value(0).get() instanceof Text given) {
            indent = given;
        } else {
            indent = r.builder().repeat(Text.literal(" "), bound.whole(0, 4)).build();
        }
        TextBuilder out = r.builder();
        List<Value> lines = new Splitting(r.budget())
                .lines(r.builder().append(text(r, input)).append(newline).build(), false);
        boolean start = true;
        for (Value value : lines) {
            Text line = (Text) value;
            if (!start) {
                out.append(newline);
            }
            if (start ? bound.flag(1, false) : line.length() > 0 || bound.flag(2, false)) {
                out.append(indent);
            }
            out.append(line);
            start = false;
        }
        return out.build();
    }

    private static Value truncate(Rendering r, Value input, Args args) {
        Args.Bound bound = args.bind("truncate", "length", "killwords", "end", "leeway");
        Text text = text(r, input);
        Text end = bound.text(2).orElse(Text.literal("..."));
        long length = bound.whole(0, 255);
        long leeway = bound.whole(3, 5);
        if (length < end.codePoints() || leeway < 0) {
            throw new TemplateException("truncate: the length must be at least that of the end, the leeway at least 0");
        }
        if (text.codePoints() - leeway <= length) {
            return text;
        }
        Text cut = text.slice(0, text.offset((int) length - end.codePoints()));
        int space = cut.chars().lastIndexOf(' ');
        if (!bound.flag(1, false) && space >= 0) {
            cut = cut.slice(0, space);
        }
        return r.builder().append(cut).append(end).build();
    }

    private static Value wordCount(Rendering r, Value input, Args args) {
        String chars = only("wordcount", r, input, args).chars();
        long count = 0;
        boolean inside = false;
        for (int i = 0; i < chars.length(); ) {
            int c = chars.codePointAt(i);
            boolean word = c == '_' || Character.isLetterOrDigit(c) || Character.getType(c) == Character.OTHER_NUMBER;
            count += word && !inside ? 1 : 0;
            inside = word;
            i += Character.charCount(c);
        }
        return Value.whole(count);
    }

    private static Value escape(Rendering r, Value input, Args args) {
        Text text = only("escape", r, input, args);
        TextBuilder out = r.builder();
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            int special = "&<>'\"".indexOf(text.chars().charAt(i));
            if (special >= 0) {
                out.append(text, plain, i);
                out.append(
                        switch (special) {
                            case 0 -> "&amp;";
                            case 1 -> "&lt;";
                            case 2 -> "&gt;";
                            case 3 -> "&#39;";
                            default -> "&#34;";
                        },
                        text.originAt(i));
                plain = i + 1;
            }
        }
        return out.append(text, plain, text.length()).build();
    }

    private static Value format(Rendering r, Value input, Args args) {
        if (!args.positional().isEmpty() && !args.named().isEmpty()) {
            throw new TemplateException("format: give values either by position or by name");
        }
        Value values = args.named().isEmpty()
                ? Value.tuple(args.positional())
                : Mapping.of(new LinkedHashMap<>(args.named()), Origin.TEMPLATE);
        return new PercentFormat(r.budget()).apply(text(r, input), values);
    }
}
