package dev.cortado.text.tokenizer.scan;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// What kind of character begins at a place in UTF-8, as the split patterns tell characters apart. `\s` is Unicode's
/// White_Space and `\p{…}` are general categories of the running JDK's Unicode version.
final class Chars {
    static final int SPACE = 0; // \s but for the next
    static final int NEWLINE = 1; // \r or \n
    static final int UPPER = 2; // Lu, Lt
    static final int LOWER = 3; // Ll
    static final int LETTER = 4; // Lm, Lo
    static final int MARK = 5; // M
    static final int NUMBER = 6; // N
    static final int OTHER = 7;

    private static final int WIDTH_BITS = 3;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] BASIC_PLANE = new byte[0x10000];

    static {
        for (int c = 0; c < BASIC_PLANE.length; c++) {
            BASIC_PLANE[c] = (byte) kindOf(c);
        }
    }

    private Chars() {}

    /// Kind and width, for [#kind] and [#width], of the character at `at`. A byte that is not part of well-formed
    /// UTF-8 is [#OTHER], one byte wide.
    static int at(byte[] text, int at, int end) {
        int first = text[at];
        if (first >= 0) {
            return BASIC_PLANE[first] << WIDTH_BITS | 1;
        }
        return beyondAscii(text, at, end);
    }

    /// The kind in what [#at] says.
    static int kind(int character) {
        return character >> WIDTH_BITS;
    }

    /// The number of bytes in what [#at] says.
    static int width(int character) {
        return character & ((1 << WIDTH_BITS) - 1);
    }

    /// The place after the ASCII letters from `at` on. Eight at a time, because a loop that ends after as many
    /// letters as a word has is what processors predict worst.
    static int afterAsciiLetters(byte[] text, int at, int end) {
        int place = at;
        while (place + 8 <= end) {
            long eight = (long) LONGS.get(text, place);
            int letters = leading(small(eight | 0x2020202020202020L) & ~eight);
            place += letters;
            if (letters < 8) {
                return place;
            }
        }
        while (place < end && text[place] >= 0 && isLetter(BASIC_PLANE[text[place]])) {
            place++;
        }
        return place;
    }

    /// The place after the small ASCII letters from `at` on.
    static int afterSmallAsciiLetters(byte[] text, int at, int end) {
        int place = at;
        while (place + 8 <= end) {
            long eight = (long) LONGS.get(text, place);
            int letters = leading(small(eight) & ~eight);
            place += letters;
            if (letters < 8) {
                return place;
            }
        }
        while (place < end && text[place] >= 'a' && text[place] <= 'z') {
            place++;
        }
        return place;
    }

    /// The high bit of each byte whose low seven bits are a small letter.
    private static long small(long eight) {
        long seven = eight & 0x7F7F7F7F7F7F7F7FL;
        long fromA = seven + 0x1F1F1F1F1F1F1F1FL; // 0x80 - 'a'
        long afterZ = seven + 0x0505050505050505L; // 0x80 - 'z' - 1
        return fromA & ~afterZ;
    }

    /// How many bytes, from the lowest on, have the high bit.
    private static int leading(long marks) {
        return Long.numberOfTrailingZeros(~marks & 0x8080808080808080L) >>> 3;
    }

    static boolean isLetter(int kind) {
        return kind >= UPPER && kind <= LETTER;
    }

    static boolean isSpace(int kind) {
        return kind <= NEWLINE;
    }

    /// Neither white space nor letter nor number.
    static boolean isSign(int kind) {
        return kind == OTHER || kind == MARK;
    }

    /// The place after the signs from `at` on.
    static int afterSigns(byte[] text, int at, int end) {
        int place = at;
        while (place < end) {
            int character = at(text, place, end);
            if (!isSign(kind(character))) {
                break;
            }
            place += width(character);
        }
        return place;
    }

    /// Length of the rest of an English contraction (`s d m t ll ve re` in any case, and the `ſ` that folds to
    /// an s) after an apostrophe, 0 when there is none.
    static int contraction(byte[] text, int at, int end) {
        if (at >= end) {
            return 0;
        }
        int next = at + 1 < end ? text[at + 1] | 0x20 : 0;
        return switch (text[at] | 0x20) {
            case 's', 'd', 'm', 't' -> text[at] < 'A' ? 0 : 1;
            case 'l' -> next == 'l' && isCapitalOrSmall(text, at) ? 2 : 0;
            case 'v', 'r' -> next == 'e' && isCapitalOrSmall(text, at) ? 2 : 0;
            case (byte) 0xC5 | 0x20 -> // ſ is C5 BF
                text[at] == (byte) 0xC5 && at + 1 < end && text[at + 1] == (byte) 0xBF ? 2 : 0;
            default -> 0;
        };
    }

    private static boolean isCapitalOrSmall(byte[] text, int at) {
        return text[at] >= 'A' && text[at + 1] >= 'A';
    }

    private static int beyondAscii(byte[] text, int at, int end) {
        int first = text[at];
        int length = wellFormed(text, at, end);
        int codePoint = switch (length) {
            case 2 -> (first & 0x1F) << 6 | (text[at + 1] & 0x3F);
            case 3 -> (first & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | (text[at + 2] & 0x3F);
            case 4 ->
                (first & 0x07) << 18 | (text[at + 1] & 0x3F) << 12 | (text[at + 2] & 0x3F) << 6 | (text[at + 3] & 0x3F);
            default -> -1;
        };
        if (codePoint < 0) {
            return OTHER << WIDTH_BITS | 1;
        }
        int kind = codePoint < BASIC_PLANE.length ? BASIC_PLANE[codePoint] : kindOf(codePoint);
        return kind << WIDTH_BITS | length;
    }

    private static int kindOf(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> UPPER;
            case Character.LOWERCASE_LETTER -> LOWER;
            case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> MARK;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            // White_Space beyond ASCII is the separators and NEXT LINE; Java's isWhitespace() leaves out
            // U+00A0.
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            default ->
                switch (codePoint) {
                    case '\n', '\r' -> NEWLINE;
                    case '\t', 0x0B, '\f', 0x85 -> SPACE;
                    default -> OTHER;
                };
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

    /// Where the white space that begins at `start` is cut: after its last line end when it has one
    /// (`\s*[\r\n]+`), else whole at the end of the text and without its last character, which goes with the
    /// next word, elsewhere (`\s+(?!\S)|\s+`).
    ///
    /// @param wholeTail whether white space at the end of the text stays whole even with line ends in it
    /// (`\s++$`)
    static int whiteSpaceEnd(byte[] text, int start, int end, boolean wholeTail) {
        int last = start;
        int afterNewline = -1;
        int at = start;
        while (at < end) {
            int character = at(text, at, end);
            if (!isSpace(kind(character))) {
                break;
            }
            last = at;
            at += width(character);
            if (kind(character) == NEWLINE) {
                afterNewline = at;
            }
        }
        if (at == end && (wholeTail || afterNewline < 0)) {
            return at;
        }
        if (afterNewline >= 0) {
            return afterNewline;
        }
        return last == start ? at : last;
    }
}
