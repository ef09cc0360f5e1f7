package dev.cortado.text.tokenizer.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/// Translates Oniguruma's regular expressions into those of [java.util.regex.Pattern] (without flags).
///
/// Understood: alternatives; groups, plain, named, atomic, with the options `i`, `m`, `x`; look-around; greedy, lazy
/// and possessive repetition; anchors; `\b`; back-references to groups 1 to 9 and to names; and the sets of
/// [OnigSets]. Refused: subexpression calls, conditions, absence operators, callouts, `\K`, `\G`,
/// `\X`, `\y`.
///
/// Where the two languages differ, Oniguruma counts: `^` and `$` are about lines, and lines end in `\n` only; `(?m)`
/// is what Java calls DOTALL; `\h` is a hexadecimal digit; `x{2,3}+` repeats `x{2,3}`, it is not possessive; `x{2}?`
/// is `(?:x{2})?`; an option in the middle of a group (`a(?i)b|c`) embraces all alternatives that follow. Ignoring
/// case compares characters one by one: `ß` does not match `ss`.
final class OnigSyntax {
    private static final int DEEPEST = 250; // groups in groups
    private static final int MOST_REPEATS = 100_000;

    // In brackets a word character is what Unicode says; alone, Oniguruma takes these digits and fractions, too.
    private static final String WORD = "[" + OnigSets.WORD + "\u00B2\u00B3\u00B9\u00BC-\u00BE]";

    // Java looks behind by UTF-16 units unless it sees a supplementary character in the expression.
    private static final String BY_CHARACTER = "\uD800\uDC00{0}";
    private static final String AFTER_WORD = "(?<=" + WORD + BY_CHARACTER + ")";
    private static final String NOT_AFTER_WORD = "(?<!" + WORD + BY_CHARACTER + ")";

    /// What `(?mx)` switch on; `(?i)` is left to Java.
    private record Options(boolean dotAll, boolean extended) {}

    private final OnigSource in;
    private final OnigSets sets;
    private final boolean namesOnly; // with named groups, plain ones capture nothing
    private int depth;

    private OnigSyntax(String source) {
        in = new OnigSource(source);
        sets = new OnigSets(in);
        namesOnly = source.matches("(?s).*\\(\\?<[^=!].*");
    }

    /// The same expression for Java.
    ///
    /// @throws IllegalArgumentException when it is malformed or uses what is not supported
    static String toJava(String source) {
        var syntax = new OnigSyntax(source);
        String java = syntax.alternatives(new Options(false, false));
        if (syntax.in.hasNext()) {
            throw syntax.in.error("unmatched ')'");
        }
        return java;
    }

    // All up to the end of the group.
    private String alternatives(Options options) {
        if (++depth > DEEPEST) {
            throw in.error("groups are nested too deeply");
        }
        var java = new StringBuilder();
        while (in.hasNext() && in.peek() != ')') {
            if (in.take("|")) {
                java.append('|');
            } else if (!skipsRemark(options)) {
                java.append(repeated(atom(options), options));
            }
        }
        depth--;
        return java.toString();
    }

    private boolean skipsRemark(Options options) {
        if (in.take("(?#")) {
            in.until(')');
            return true;
        }
        if (!options.extended()) {
            return false;
        }
        if (in.take("#")) {
            while (in.hasNext() && in.next() != '\n') {}
            return true;
        }
        return in.takeIf(c -> c == ' ' || (c >= '\t' && c <= '\r'));
    }

    private String atom(Options options) {
        int c = in.next();
        return switch (c) {
            case '(' -> group(options);
            case '[' -> sets.bracketed();
            case '.' -> options.dotAll() ? OnigSets.ANY : OnigSets.NOT_NEWLINE;
            case '^' -> "(?:\\A|(?<=\\x{A})(?!\\z))";
            case '$' -> "(?:\\z|(?=\\x{A}))";
            case '*', '+', '?' -> throw in.error("nothing to repeat before '" + (char) c + "'");
            case '\\' -> escape();
            default -> OnigSets.literal(c);
        };
    }

    private String escape() {
        if (!in.hasNext()) {
            throw in.error("ends in a backslash");
        }
        int c = in.peek();
        String simple = switch (c) {
            case 'A' -> "\\A";
            case 'z' -> "\\z";
            case 'Z' -> "(?=\\x{A}?\\z)";
            case 'b' -> "(?:" + AFTER_WORD + "(?!" + WORD + ")|" + NOT_AFTER_WORD + "(?=" + WORD + "))";
            case 'B' -> "(?:" + AFTER_WORD + "(?=" + WORD + ")|" + NOT_AFTER_WORD + "(?!" + WORD + "))";
            case 'w' -> WORD;
            case 'W' -> OnigSets.negated(WORD);
            case 'R' -> "\\R";
            case 'N' -> OnigSets.NOT_NEWLINE;
            case 'O' -> OnigSets.ANY;
            case 'G', 'K', 'X', 'g', 'y', 'Y' -> throw in.error("'\\" + (char) c + "' is not supported");
            default -> "";
        };
        if (!simple.isEmpty()) {
            in.next();
            return simple;
        }
        if (in.take("k<")) {
            String name = in.until('>');
            return name.matches("[1-9]") ? "(?:\\" + name + ")" : "\\k<" + name + ">";
        }
        if (c >= '1' && c <= '9') {
            in.next();
            if (namesOnly) {
                throw in.error("groups beside named ones have no numbers");
            }
            if (in.hasNext() && Character.isDigit(in.peek())) {
                throw in.error("only groups 1 to 9 can be referred to");
            }
            return "(?:\\" + (char) c + ")";
        }
        return sets.escaped().map(set -> set, OnigSets::literal);
    }

    // After the opening parenthesis.
    private String group(Options options) {
        if (in.take("?:")) {
            return closed("(?:", options);
        }
        for (String kind : List.of("?=", "?!", "?>")) {
            if (in.take(kind)) {
                return closed("(" + kind, options);
            }
        }
        for (String behind : List.of("?<=", "?<!")) {
            if (in.take(behind)) {
                return "(" + behind + closed("(?:", options) + BY_CHARACTER + ")";
            }
        }
        if (in.take("?<")) {
            return closed("(?<" + in.until('>') + ">", options);
        }
        if (in.take("?")) {
            return optionGroup(options);
        }
        if (in.hasNext() && in.peek() == '*') {
            throw in.error("callouts '(*…)' are not supported");
        }
        return closed(namesOnly ? "(?:" : "(", options);
    }

    private String optionGroup(Options options) {
        boolean on = true;
        String java = "";
        Options inside = options;
        while (in.hasNext()) {
            int c = in.next();
            switch (c) {
                case '-' -> on = false;
                case 'i' -> java = on ? "iu" : "-i";
                case 'm' -> inside = new Options(on, inside.extended());
                case 'x' -> inside = new Options(inside.dotAll(), on);
                case ':' -> {
                    return closed("(?" + java + ":", inside);
                }
                case ')' -> {
                    return "(?" + java + ":" + alternatives(inside) + ")"; // the rest of the group around it
                }
                default -> throw in.error("'(?" + Character.toString(c) + "' is not supported");
            }
        }
        throw in.error("unclosed '(?'");
    }

    private String closed(String opening, Options options) {
        String java = opening + alternatives(options) + ")";
        if (!in.take(")")) {
            throw in.error("unclosed '('");
        }
        return java;
    }

    private String repeated(String atom, Options options) {
        String java = atom;
        for (boolean again = false; ; again = true) {
            String operand = again ? "(?:" + java + ")" : java;
            if (options.extended()) {
                while (skipsRemark(options)) {}
            }
            if (in.take("*") || in.take("+") || in.take("?")) {
                String operator = in.last();
                String kind = in.take("?") || in.take("+") ? in.last() : "";
                java = operand + operator + kind;
            } else {
                String interval = interval(operand);
                if (interval.isEmpty()) {
                    return java;
                }
                java = interval;
            }
        }
    }

    // `operand{n,m}`; empty when no interval follows: then the brace is a character like others.
    private String interval(String operand) {
        int start = in.position();
        if (!in.take("{")) {
            return "";
        }
        String least = in.run(OnigSyntax::isDigit);
        boolean comma = in.take(",");
        String most = comma ? in.run(OnigSyntax::isDigit) : least;
        if ((least.isEmpty() && most.isEmpty()) || !in.take("}")) {
            in.back(start);
            return "";
        }
        int from = least.isEmpty() ? 0 : count(least);
        if (!most.isEmpty() && count(most) < from) {
            throw in.error("repeats at least " + least + " and at most " + most + " times");
        }
        if (comma && from == 1 && in.startsWith("+") && !in.startsWith("+?") && !in.startsWith("++")) {
            in.take("+");
            return operand + "+"; // what x{1,3} repeated comes to, without a group that Java would recur for
        }
        String range = "{" + from + (comma ? "," + most : "") + "}";
        if (!in.take("?")) {
            return operand + range;
        }
        return comma ? operand + range + "?" : "(?:" + operand + range + ")?";
    }

    private int count(String digits) {
        if (digits.length() > 6 || Integer.parseInt(digits) > MOST_REPEATS) {
            throw in.error("repeats more than " + MOST_REPEATS + " times");
        }
        return Integer.parseInt(digits);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /// The text of an expression and how far it is read.
    static final class OnigSource {
        private final String text;
        private int position;
        private int last; // where what was read last begins

        OnigSource(String text) {
            this.text = text;
        }

        boolean hasNext() {
            return position < text.length();
        }

        int peek() {
            return text.codePointAt(position);
        }

        int next() {
            if (!hasNext()) {
                throw error("ends too early");
            }
            last = position;
            int c = peek();
            position += Character.charCount(c);
            return c;
        }

        boolean startsWith(String expected) {
            return text.startsWith(expected, position);
        }

        boolean take(String expected) {
            boolean taken = startsWith(expected);
            if (taken) {
                last = position;
                position += expected.length();
            }
            return taken;
        }

        boolean takeIf(IntPredicate kind) {
            boolean taken = hasNext() && kind.test(peek());
            if (taken) {
                next();
            }
            return taken;
        }

        /// What was taken last.
        String last() {
            return text.substring(last, position);
        }

        /// All characters of a kind that follow.
        String run(IntPredicate kind) {
            int start = position;
            while (takeIf(kind)) {}
            return text.substring(start, position);
        }

        /// All before a character that must come, which is skipped.
        String until(int end) {
            int start = position;
            int found = text.indexOf(end, start);
            if (found < 0) {
                throw error("'" + Character.toString(end) + "' is missing");
            }
            position = found + 1;
            return text.substring(start, found);
        }

        int position() {
            return position;
        }

        void back(int earlier) {
            position = earlier;
        }

        IllegalArgumentException error(String what) {
            return new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "regular expression '%s' is not supported: %s, at character %d",
                    text,
                    what,
                    position));
        }
    }
}
