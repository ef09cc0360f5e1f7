package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.pipeline.OnigSyntax.OnigSource;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/// The sets of characters in Oniguruma's expressions, written so that Java takes them inside and outside of brackets:
/// `[…]` with ranges, sets in sets, intersections (`&&`) and POSIX names (`[:alpha:]`), `\p{…}` with general
/// categories, scripts and the common properties, `\d`, `\s`, `\w`, `\h`; all by Unicode.
final class OnigSets {
    static final String ANY = "[\\x{0}-\\x{10FFFF}]";
    static final String NOT_NEWLINE = "[^\\x{A}]";
    static final String WORD = "[\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}]";
    private static final String SPACE = "\\p{IsWhite_Space}";
    private static final String DIGIT = "\\p{Nd}";
    private static final String HEX = "[0-9A-Fa-f]";
    private static final String GRAPH = "[^\\p{IsWhite_Space}\\p{Cc}\\p{Cn}\\p{Cs}]";

    // Spelled in small letters and without spaces, hyphens and underscores, which do not count.
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("alnum", "[\\p{IsAlphabetic}\\p{Nd}]"),
            Map.entry("alpha", "\\p{IsAlphabetic}"),
            Map.entry("alphabetic", "\\p{IsAlphabetic}"),
            Map.entry("any", ANY),
            Map.entry("ascii", "[\\x{0}-\\x{7F}]"),
            Map.entry("assigned", "\\P{Cn}"),
            Map.entry("blank", "[\\p{Zs}\\t]"),
            Map.entry("cntrl", "\\p{Cc}"),
            Map.entry("digit", DIGIT),
            Map.entry("emoji", "\\p{IsEmoji}"),
            Map.entry("emojimodifier", "\\p{IsEmoji_Modifier}"),
            Map.entry("emojipresentation", "\\p{IsEmoji_Presentation}"),
            Map.entry("extendedpictographic", "\\p{IsExtended_Pictographic}"),
            Map.entry("graph", GRAPH),
            Map.entry("ideographic", "\\p{IsIdeographic}"),
            Map.entry("lower", "\\p{IsLowercase}"),
            Map.entry("lowercase", "\\p{IsLowercase}"),
            Map.entry("print", "[" + GRAPH + "\\p{Zs}]"),
            Map.entry("punct", "\\p{P}"),
            Map.entry("space", SPACE),
            Map.entry("upper", "\\p{IsUppercase}"),
            Map.entry("uppercase", "\\p{IsUppercase}"),
            Map.entry("whitespace", SPACE),
            Map.entry("word", WORD),
            Map.entry("xdigit", HEX));

    private static final Map<String, String> CATEGORIES = Map.ofEntries(
            Map.entry("other", "C"),
            Map.entry("control", "Cc"),
            Map.entry("format", "Cf"),
            Map.entry("unassigned", "Cn"),
            Map.entry("privateuse", "Co"),
            Map.entry("surrogate", "Cs"),
            Map.entry("letter", "L"),
            Map.entry("casedletter", "LC"),
            Map.entry("lowercaseletter", "Ll"),
            Map.entry("modifierletter", "Lm"),
            Map.entry("otherletter", "Lo"),
            Map.entry("titlecaseletter", "Lt"),
            Map.entry("uppercaseletter", "Lu"),
            Map.entry("mark", "M"),
            Map.entry("combiningmark", "M"),
            Map.entry("spacingmark", "Mc"),
            Map.entry("enclosingmark", "Me"),
            Map.entry("nonspacingmark", "Mn"),
            Map.entry("number", "N"),
            Map.entry("decimalnumber", "Nd"),
            Map.entry("letternumber", "Nl"),
            Map.entry("othernumber", "No"),
            Map.entry("punctuation", "P"),
            Map.entry("connectorpunctuation", "Pc"),
            Map.entry("dashpunctuation", "Pd"),
            Map.entry("closepunctuation", "Pe"),
            Map.entry("finalpunctuation", "Pf"),
            Map.entry("initialpunctuation", "Pi"),
            Map.entry("otherpunctuation", "Po"),
            Map.entry("openpunctuation", "Ps"),
            Map.entry("symbol", "S"),
            Map.entry("currencysymbol", "Sc"),
            Map.entry("modifiersymbol", "Sk"),
            Map.entry("mathsymbol", "Sm"),
            Map.entry("othersymbol", "So"),
            Map.entry("separator", "Z"),
            Map.entry("lineseparator", "Zl"),
            Map.entry("paragraphseparator", "Zp"),
            Map.entry("spaceseparator", "Zs"));

    private final OnigSource in;
    private int depth;

    OnigSets(OnigSource in) {
        this.in = in;
    }

    /// What a backslash and what follows stand for.
    sealed interface Escaped {
        /// A set, as Java writes it.
        record Set(String java) implements Escaped {}

        /// A code point.
        record Single(int codePoint) implements Escaped {}

        default String map(Function<String, String> ofSet, IntFunction<String> ofCharacter) {
            return switch (this) {
                case Set(String java) -> ofSet.apply(java);
                case Single(int codePoint) -> ofCharacter.apply(codePoint);
            };
        }
    }

    /// A character as Java reads it literally, in brackets or not.
    static String literal(int codePoint) {
        boolean plain = codePoint < 0x80 && (Character.isLetterOrDigit(codePoint) || codePoint == ' ');
        return plain ? Character.toString(codePoint) : String.format(Locale.ROOT, "\\x{%X}", codePoint);
    }

    /// All characters but those of a set.
    static String negated(String set) {
        return "[^" + set + "]";
    }

    /// After a backslash.
    Escaped escaped() {
        int c = in.next();
        return switch (c) {
            case 'd' -> new Escaped.Set(DIGIT);
            case 'D' -> new Escaped.Set(negated(DIGIT));
            case 's' -> new Escaped.Set(SPACE);
            case 'S' -> new Escaped.Set(negated(SPACE));
            case 'w' -> new Escaped.Set(WORD);
            case 'W' -> new Escaped.Set(negated(WORD));
            case 'h' -> new Escaped.Set(HEX);
            case 'H' -> new Escaped.Set(negated(HEX));
            case 'p', 'P' -> new Escaped.Set(property(c == 'P'));
            case 't' -> new Escaped.Single('\t');
            case 'n' -> new Escaped.Single('\n');
            case 'r' -> new Escaped.Single('\r');
            case 'f' -> new Escaped.Single('\f');
            case 'v' -> new Escaped.Single(0x0B);
            case 'a' -> new Escaped.Single(0x07);
            case 'e' -> new Escaped.Single(0x1B);
            case 'x' -> new Escaped.Single(in.take("{") ? number(in.until('}'), 16) : digits(2, 16));
            case 'u' -> new Escaped.Single(digits(4, 16));
            case '0' -> new Escaped.Single(digits(2, 8));
            default -> {
                if (c < 0x80 && Character.isLetterOrDigit(c)) {
                    throw in.error("'\\" + (char) c + "' is not supported here");
                }
                yield new Escaped.Single(c);
            }
        };
    }

    private int digits(int most, int radix) {
        int start = in.position();
        String digits = in.run(c -> in.position() < start + most && Character.digit(c, radix) >= 0 && c < 0x80);
        return digits.isEmpty() ? 0 : number(digits, radix);
    }

    private int number(String digits, int radix) {
        try {
            int codePoint = Integer.parseInt(digits.strip(), radix);
            if (Character.isValidCodePoint(codePoint)
                    && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE)) {
                return codePoint;
            }
        } catch (NumberFormatException e) {
            // as wrong as a number that is no character
        }
        throw in.error("'" + digits + "' is not the number of a character");
    }

    private String property(boolean negative) {
        if (!in.take("{")) {
            throw in.error("'{' is missing after '\\p'");
        }
        boolean otherwise = in.take("^");
        String set = property(in.until('}'));
        return negative != otherwise ? negated(set) : set;
    }

    private String property(String name) {
        String key = name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
        String known = PROPERTIES.get(key);
        if (known != null) {
            return known;
        }
        String category = CATEGORIES.getOrDefault(key, key);
        return CATEGORIES.values().stream()
                .filter(category::equalsIgnoreCase)
                .findFirst()
                .map(value -> "\\p{" + value + "}")
                .or(() -> script(key))
                .orElseThrow(() -> in.error("property '" + name + "' is not known"));
    }

    private static Optional<String> script(String key) {
        return Arrays.stream(UnicodeScript.values())
                .filter(script -> script.name().replace("_", "").equalsIgnoreCase(key))
                .map(script -> "\\p{script=" + script.name() + "}")
                .findFirst();
    }

    /// After an opening bracket.
    String bracketed() {
        if (++depth > 100) {
            throw in.error("sets are nested too deeply");
        }
        boolean negative = in.take("^");
        List<String> operands = new ArrayList<>();
        var union = new Union();
        for (boolean first = true; first || !in.take("]"); first = false) {
            if (in.take("&&")) {
                operands.add(union.java());
                union = new Union();
            } else {
                member(union);
            }
        }
        depth--;
        operands.add(union.java());
        if (operands.contains("")) {
            throw in.error("empty set");
        }
        String body = operands.size() == 1 ? operands.getFirst() : "[" + String.join("]&&[", operands) + "]";
        return "[" + (negative ? "^" : "") + body + "]";
    }

    private void member(Union union) {
        if (in.take("[:")) {
            boolean negative = in.take("^");
            String name = in.until(':');
            String set = name.equals("punct") ? "[\\p{P}\\p{S}]" : property(name);
            if (!in.take("]")) {
                throw in.error("':]' is missing");
            }
            union.add(negative ? negated(set) : set);
        } else if (in.take("[")) {
            union.add(bracketed());
        } else {
            switch (single()) {
                case Escaped.Set(String java) -> union.add(java);
                case Escaped.Single(int from) -> range(from, union);
            }
        }
    }

    private Escaped single() {
        int c = in.next();
        if (c != '\\') {
            return new Escaped.Single(c);
        }
        if (in.take("b")) {
            return new Escaped.Single('\b');
        }
        return escaped();
    }

    // A hyphen makes a range only between two characters.
    private void range(int from, Union union) {
        boolean range = in.startsWith("-")
                && !in.startsWith("-]")
                && !in.startsWith("-[")
                && !in.startsWith("-&&")
                && in.take("-");
        if (!range) {
            union.add(from, from);
            return;
        }
        switch (single()) {
            case Escaped.Set(String java) -> {
                union.add(from, from);
                union.add('-', '-');
                union.add(java);
            }
            case Escaped.Single(int to) -> {
                if (to < from) {
                    throw in.error("empty range in a set");
                }
                union.add(from, to);
            }
        }
    }

    /// What stands in brackets; characters are joined to as few ranges as possible, which Java finds faster.
    private static final class Union {
        private final List<int[]> ranges = new ArrayList<>();
        private final StringBuilder sets = new StringBuilder();

        void add(String set) {
            sets.append(set);
        }

        void add(int from, int to) {
            ranges.add(new int[] {from, to});
        }

        String java() {
            var java = new StringBuilder();
            ranges.sort(Comparator.comparingInt(range -> range[0]));
            for (int i = 0; i < ranges.size(); ) {
                int from = ranges.get(i)[0];
                int to = ranges.get(i)[1];
                for (i++; i < ranges.size() && ranges.get(i)[0] <= to + 1; i++) {
                    to = Math.max(to, ranges.get(i)[1]);
                }
                java.append(literal(from));
                if (to > from) {
                    java.append('-').append(literal(to));
                }
            }
            return java.append(sets).toString();
        }
    }
}
