package dev.cortado.text.tokenizer.scan;

/// GPT-2's words (Radford et al. 2019), [WordScanner#GPT2]: contractions; letters, numbers or other signs with a
/// space before them; white space.
record Gpt2Scanner() implements WordScanner {
    @Override
    public int wordEnd(byte[] text, int start, int end) {
        if (text[start] == '\'') {
            int length = contraction(text, start + 1, end);
            if (length > 0) {
                return start + 1 + length;
            }
        }
        int from = text[start] == ' ' && start + 1 < end ? start + 1 : start;
        int character = Chars.at(text, from, end);
        int kind = merged(Chars.kind(character));
        if (kind == Chars.SPACE) {
            return whiteSpaceEnd(text, start, end);
        }
        int at = from + Chars.width(character);
        if (kind == Chars.LETTER) {
            at = Chars.afterAsciiLetters(text, at, end);
        }
        while (at < end) {
            character = Chars.at(text, at, end);
            if (merged(Chars.kind(character)) != kind) {
                break;
            }
            at += Chars.width(character);
        }
        return at;
    }

    /// White space, letters, numbers and the rest are all the kinds there are here.
    private static int merged(int kind) {
        return switch (kind) {
            case Chars.SPACE, Chars.NEWLINE -> Chars.SPACE;
            case Chars.UPPER, Chars.LOWER, Chars.LETTER -> Chars.LETTER;
            case Chars.NUMBER -> Chars.NUMBER;
            default -> Chars.OTHER;
        };
    }

    private static int whiteSpaceEnd(byte[] text, int start, int end) {
        int last = start;
        int at = start;
        while (at < end) {
            int character = Chars.at(text, at, end);
            if (!Chars.isSpace(Chars.kind(character))) {
                break;
            }
            last = at;
            at += Chars.width(character);
        }
        return at == end || last == start ? at : last;
    }

    /// As [Chars#contraction], small letters only.
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
}
