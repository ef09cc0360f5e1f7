package dev.cortado.text.tokenizer;

/// GPT-2's pre-tokenisation (Radford et al. 2019): cuts UTF-8 text into words, which tokens never cross, exactly as the
/// regular expression `'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` does, where `\s` is
/// Unicode's White_Space and `\p{…}` are general categories of the running JDK's Unicode version.
///
/// A byte that is not part of well-formed UTF-8 counts as one character of the fourth alternative (neither white
/// space nor letter nor number), so malformed input is cut too and loses nothing.
final class WordScanner {
    private static final int SPACE = 0;
    private static final int LETTER = 1;
    private static final int NUMBER = 2;
    private static final int OTHER = 3;

    private WordScanner() {}

    /// Where the word that begins at `start` ends.
    ///
    /// @param text UTF-8
    /// @param start first byte of a word, `< end`
    /// @param end end of the text
    static int wordEnd(byte[] text, int start, int end) {
        if (text[start] == '\'') {
            int length = contraction(text, start + 1, end);
            if (length > 0) {
                return start + 1 + length;
            }
        }
        int from = text[start] == ' ' && start + 1 < end ? start + 1 : start;
        int kind = kind(text, from, end);
        if (kind != SPACE) {
            int at = from;
            do {
                at += width(text, at, end);
            } while (at < end && kind(text, at, end) == kind);
            return at;
        }
        // White space: all of it at the end of the text, else all but the last character (`\s+(?!\S)` gives it
        // back).
        int last = start;
        int at = start;
        do {
            last = at;
            at += width(text, at, end);
        } while (at < end && kind(text, at, end) == SPACE);
        return at == end || last == start ? at : last;
    }

    /// Length of the English contraction after an apostrophe, 0 when there is none.
    private static int contraction(byte[] text, int at, int end) {
        if (at >= end) {
            return 0;
        }
        return switch (text[at]) {
            case 's', 'd', 'm', 't' -> 1;
            case 'l' -> at + 1 < end && text[at + 1] == 'l' ? 2 : 0;
            case 'v', 'r' -> at + 1 < end && text[at + 1] == 'e' ? 2 : 0;
            default -> 0;
        };
    }

    private static int width(byte[] text, int at, int end) {
        return text[at] >= 0 ? 1 : Math.max(1, wellFormed(text, at, end));
    }

    private static int kind(byte[] text, int at, int end) {
        int first = text[at];
        if (first >= 0) {
            return asciiKind(first);
        }
        return switch (wellFormed(text, at, end)) {
            case 2 -> kind((first & 0x1F) << 6 | (text[at + 1] & 0x3F));
            case 3 -> kind((first & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | (text[at + 2] & 0x3F));
            case 4 ->
                kind((first & 0x07) << 18
                        | (text[at + 1] & 0x3F) << 12
                        | (text[at + 2] & 0x3F) << 6
                        | (text[at + 3] & 0x3F));
            default -> OTHER;
        };
    }

    private static int asciiKind(int c) {
        int folded = c | 0x20;
        if (folded >= 'a' && folded <= 'z') {
            return LETTER;
        }
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            return SPACE;
        }
        return c >= '0' && c <= '9' ? NUMBER : OTHER;
    }

    private static int kind(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            // White_Space beyond ASCII is the separators and NEXT LINE; Java's isWhitespace() leaves out
            // U+00A0.
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            default -> codePoint == 0x85 ? SPACE : OTHER;
        };
    }

    /// Bytes of the well-formed character beyond ASCII that begins here, 0 when none does (Unicode 16, table 3-7:
    /// no overlong forms, no surrogates, nothing above U+10FFFF).
    private static int wellFormed(byte[] text, int at, int end) {
        int first = text[at] & 0xFF;
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (at + length > end) {
            return 0;
        }
        int second = text[at + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((text[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
