package dev.cortado.text.chat.jinja;

/// Classes of characters as Python has them.
final class Characters {
    private Characters() {}

    /// What `str.isspace` and `str.strip` take for white space: class Zs, and bidirectional classes WS, B and S.
    static boolean isSpace(int c) {
        if (c < 128) {
            return (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= ' ');
        }
        return c == 0x85 || c == 0x2028 || c == 0x2029 || Character.getType(c) == Character.SPACE_SEPARATOR;
    }

    /// Where `str.splitlines` ends a line.
    static boolean isLineEnd(char c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isNameStart(int c) {
        return c == '_' || Character.isUnicodeIdentifierStart(c);
    }

    static boolean isNamePart(int c) {
        return c == '_' || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
    }

    /// A letter that has a case.
    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /// The end of a text without the white space at its end.
    static int stripEnd(String text, int from, int to) {
        int end = to;
        while (end > from && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }
}
