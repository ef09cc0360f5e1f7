package dev.cortado.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/// Cuts a template's source into text and the tokens inside its tags, and applies white-space control: `-` drops all
/// white space on its side of a tag, `+` keeps what [Syntax] would drop.
final class Lexer {
    // Longest first, so that a prefix never wins.
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final Syntax syntax;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder open = new StringBuilder(); // closers of the brackets that are open
    private int position;
    private int line = 1;
    private boolean atLineStart = true; // what was read last ended with a newline

    private Lexer(String source, Syntax syntax) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines; // Jinja drops the last
        this.syntax = syntax;
    }

    static List<Token> scan(String source, Syntax syntax) {
        var lexer = new Lexer(source, syntax);
        lexer.scan();
        return lexer.tokens;
    }

    private void scan() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                text(source.substring(position));
                position = source.length();
                break;
            }
            char kind = source.charAt(tag + 1);
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            text(stripped(source.substring(position, tag), kind != '{', signed ? sign : ' '));
            advance(tag + 2 + (signed ? 1 : 0));
            switch (kind) {
                case '#' -> comment();
                case '{' -> tag(Token.Kind.PRINT_BEGIN, Token.Kind.PRINT_END, "}}");
                default -> {
                    if (!raw()) {
                        tag(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, "%}");
                    }
                }
            }
        }
        tokens.add(new Token(Token.Kind.END, "", line));
    }

    /// Where the next tag or comment begins, or −1.
    private int nextTag() {
        for (int at = source.indexOf('{', position); at >= 0; at = source.indexOf('{', at + 1)) {
            if (at + 1 < source.length() && "{%#".indexOf(source.charAt(at + 1)) >= 0) {
                return at;
            }
        }
        return -1;
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Kind.DATA, text, line));
        }
    }

    /// Text without the white space that the tag behind it takes away.
    private String stripped(String text, boolean block, char sign) {
        if (sign == '-') {
            return text.substring(0, Characters.stripEnd(text, 0, text.length()));
        }
        if (sign == ' ' && block && syntax.lstripBlocks()) {
            int start = text.lastIndexOf('\n') + 1;
            if ((start > 0 || atLineStart) && Characters.stripEnd(text, start, text.length()) == start) {
                return text.substring(0, start);
            }
        }
        return text;
    }

    /// Moves on, counting lines.
    private void advance(int to) {
        atLineStart = to > position && source.charAt(to - 1) == '\n';
        for (; position < to; position++) {
            if (source.charAt(position) == '\n') {
                line++;
            }
        }
    }

    private int afterSpace(int from) {
        int at = from;
        while (at < source.length() && Characters.isSpace(source.charAt(at))) {
            at++;
        }
        return at;
    }

    /// Moves behind the end of a block tag or comment that begins at `end`, and behind the white space it swallows.
    private void close(char sign, int end) {
        int after = end + 2;
        if (sign == '-') {
            after = afterSpace(after);
        } else if (sign != '+' && syntax.trimBlocks() && after < source.length() && source.charAt(after) == '\n') {
            after++;
        }
        advance(after);
    }

    private void comment() {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw TemplateException.at(line, "the comment is not closed with '#}'");
        }
        close(end > position ? source.charAt(end - 1) : ' ', end);
    }

    /// A raw block, when there is one here: everything up to its end is text.
    private boolean raw() {
        int name = afterSpace(position);
        int after = afterSpace(name + 3);
        boolean dash = source.startsWith("-%}", after);
        if (!source.startsWith("raw", name) || (!dash && !source.startsWith("%}", after))) {
            return false;
        }
        advance(dash ? afterSpace(after + 3) : after + 2);
        for (int at = source.indexOf("{%", position); at >= 0; at = source.indexOf("{%", at + 1)) {
            char sign = at + 2 < source.length() ? source.charAt(at + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            int word = afterSpace(at + (signed ? 3 : 2));
            int end = afterSpace(word + 6);
            if (source.startsWith("endraw", word)) {
                char closing = end < source.length() ? source.charAt(end) : ' ';
                int close = closing == '-' || closing == '+' ? end + 1 : end;
                if (source.startsWith("%}", close)) {
                    text(stripped(source.substring(position, at), true, signed ? sign : ' '));
                    close(closing, close);
                    return true;
                }
            }
        }
        throw TemplateException.at(line, "the raw block is not closed with '{% endraw %}'");
    }

    private void tag(Token.Kind begin, Token.Kind end, String closing) {
        tokens.add(new Token(begin, "", line));
        int opened = line;
        while (true) {
            advance(afterSpace(position));
            if (position >= source.length()) {
                throw TemplateException.at(opened, "the tag is not closed with '" + closing + "'");
            }
            if (open.isEmpty() && closes(closing)) {
                tokens.add(new Token(end, "", line));
                int mark = source.indexOf(closing, position);
                char sign = mark > position ? source.charAt(position) : ' ';
                if (end == Token.Kind.BLOCK_END) {
                    close(sign, mark);
                } else {
                    advance(sign == '-' ? afterSpace(mark + 2) : mark + 2);
                }
                return;
            }
            token();
        }
    }

    private boolean closes(String closing) {
        return source.startsWith(closing, position)
                || source.startsWith("-" + closing, position)
                || (closing.equals("%}") && source.startsWith("+%}", position));
    }

    private void token() {
        char c = source.charAt(position);
        if (c == '\'' || c == '"') {
            string(c);
        } else if (Characters.isDigit(c)) {
            number();
        } else if (Characters.isNameStart(source.codePointAt(position))) {
            int end = position;
            while (end < source.length() && Characters.isNamePart(source.codePointAt(end))) {
                end += Character.charCount(source.codePointAt(end));
            }
            emit(Token.Kind.NAME, source.substring(position, end), end);
        } else {
            operator();
        }
    }

    private void emit(Token.Kind kind, String text, int end) {
        tokens.add(new Token(kind, text, line));
        advance(end);
    }

    private void operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                char c = operator.charAt(0);
                int bracket = "([{".indexOf(c);
                if (bracket >= 0) {
                    open.append(")]}".charAt(bracket));
                } else if (")]}".indexOf(c) >= 0) {
                    close(c);
                }
                emit(Token.Kind.OPERATOR, operator, position + operator.length());
                return;
            }
        }
        throw TemplateException.at(
                line, "unexpected character '" + Character.toString(source.codePointAt(position)) + "'");
    }

    private void close(char bracket) {
        int last = open.length() - 1;
        if (last < 0) {
            throw TemplateException.at(line, "unexpected '" + bracket + "', no bracket is open");
        }
        if (open.charAt(last) != bracket) {
            throw TemplateException.at(line, "unexpected '" + bracket + "', expected '" + open.charAt(last) + "'");
        }
        open.setLength(last);
    }

    /// Digits may be grouped by single underscores; `0x`, `0o` and `0b` begin other bases.
    private void number() {
        int end = digits(position, 10);
        char base = end < source.length() ? Character.toLowerCase(source.charAt(end)) : ' ';
        int radix = base == 'x' ? 16 : base == 'o' ? 8 : base == 'b' ? 2 : 0;
        if (radix > 0 && end == position + 1 && source.charAt(position) == '0' && digits(end + 1, radix) > end + 1) {
            int last = digits(end + 1, radix);
            emit(Token.Kind.INTEGER, source.substring(position, last), last);
            return;
        }
        boolean real = false;
        boolean afterDot = position > 0 && source.charAt(position - 1) == '.'; // a.0.1 is an index of an index
        if (!afterDot && end < source.length() && source.charAt(end) == '.' && digits(end + 1, 10) > end + 1) {
            end = digits(end + 1, 10);
            real = true;
        }
        if (!afterDot && end < source.length() && (source.charAt(end) == 'e' || source.charAt(end) == 'E')) {
            boolean signed = end + 1 < source.length() && "+-".indexOf(source.charAt(end + 1)) >= 0;
            int exponent = end + (signed ? 2 : 1);
            if (digits(exponent, 10) > exponent) {
                end = digits(exponent, 10);
                real = true;
            }
        }
        emit(real ? Token.Kind.FLOAT : Token.Kind.INTEGER, source.substring(position, end), end);
    }

    private int digits(int from, int radix) {
        int at = from;
        while (at < source.length()
                && (isDigit(source.charAt(at), radix)
                        || (source.charAt(at) == '_'
                                && at > from
                                && at + 1 < source.length()
                                && isDigit(source.charAt(at + 1), radix)))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(char c, int radix) {
        return c < 128 && Character.digit(c, radix) >= 0;
    }

    /// A literal, whose escapes are resolved.
    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw TemplateException.at(line, "the string is not closed with " + quote);
        }
        emit(Token.Kind.STRING, Escapes.decode(source.substring(position + 1, end), line), end + 1);
    }
}
