package dev.cortado.text.chat.jinja;

/// Backslash escapes of string literals, which are Python's.
final class Escapes {
    private static final String NAMES = "abfnrtv\\'\"";
    private static final String MEANT = "\u0007\b\f\n\r\t\u000b\\'\"";

    private Escapes() {}

    static String decode(String written, int line) {
        if (written.indexOf('\\') < 0) {
            return written;
        }
        var decoded = new StringBuilder();
        for (int i = 0; i < written.length(); ) {
            char c = written.charAt(i++);
            if (c != '\\') {
                decoded.append(c);
                continue;
            }
            char name = written.charAt(i++); // the lexer took the escaped character along
            int known = NAMES.indexOf(name);
            int hex = name == 'x' ? 2 : name == 'u' ? 4 : name == 'U' ? 8 : 0;
            if (known >= 0) {
                decoded.append(MEANT.charAt(known));
            } else if (hex > 0) {
                decoded.appendCodePoint(hex(written, i, hex, line));
                i += hex;
            } else if (name >= '0' && name <= '7') {
                int end = i;
                while (end < Math.min(written.length(), i + 2) && isOctal(written.charAt(end))) {
                    end++;
                }
                decoded.appendCodePoint(Integer.parseInt(written, i - 1, end, 8));
                i = end;
            } else if (name == 'N') {
                throw TemplateException.at(line, "characters by name (\\N) are not supported, use \\u");
            } else if (name != '\n') { // a newline after a backslash joins two lines
                decoded.append('\\').append(name); // Python keeps escapes that it does not know
            }
        }
        return decoded.toString();
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    private static int hex(String written, int from, int digits, int line) {
        long value = from + digits > written.length() ? -1 : 0;
        for (int i = from; value >= 0 && i < from + digits; i++) {
            int digit = Character.digit(written.charAt(i), 16);
            value = digit < 0 ? -1 : 16 * value + digit;
        }
        if (value < 0 || value > Character.MAX_CODE_POINT) {
            throw TemplateException.at(line, "the escape \\x, \\u or \\U names no character");
        }
        return (int) value;
    }
}
