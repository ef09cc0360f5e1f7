package dev.cortado.text.tokenizer.scan;

/// GPT-4o's words ([WordScanner#O200K]): a word turns from capitals to small letters at most once, marks belong to
/// letters, and a contraction belongs to its word.
///
/// With `U` = capitals, caseless letters, marks and `W` = small letters, caseless letters, marks, the first two
/// alternatives are `.?U*W+` and `.?U+W*`, where the dot is a character that is no line end, letter or number, and
/// may be a mark.
record Gpt4oScanner() implements WordScanner {
    private static final int NO_MATCH = -1;

    @Override
    public int wordEnd(byte[] text, int start, int end) {
        int first = Chars.at(text, start, end);
        int kind = Chars.kind(first);
        int at = start + Chars.width(first);
        if (kind == Chars.NUMBER) {
            return Gpt4Scanner.digitsEnd(text, at, end, 2);
        }
        boolean before = !Chars.isLetter(kind) && kind != Chars.NEWLINE;
        int word = before ? smallEnd(text, at, end) : NO_MATCH;
        if (word == NO_MATCH && (Chars.isLetter(kind) || kind == Chars.MARK)) {
            word = smallEnd(text, start, end);
        }
        if (word == NO_MATCH && before) {
            word = capitalsEnd(text, at, end);
        }
        if (word == NO_MATCH && Chars.isLetter(kind)) { // a lone mark ends in small letters already
            word = capitalsEnd(text, start, end);
        }
        if (word != NO_MATCH) {
            return word < end && text[word] == '\'' ? withContraction(text, word, end) : word;
        }
        if (Chars.isSign(kind)) {
            return signsEnd(text, start, end);
        }
        if (text[start] == ' ' && at < end && Chars.isSign(Chars.kind(Chars.at(text, at, end)))) {
            return signsEnd(text, at, end);
        }
        return Chars.whiteSpaceEnd(text, start, end, false);
    }

    /// The end of `U*W+` here. Where no small letter follows the longest `U*`, it gives back characters until a
    /// caseless letter or a mark is the `W+`.
    private static int smallEnd(byte[] text, int from, int end) {
        int afterLast = NO_MATCH; // after the last character so far that is in both U and W
        int at = from;
        while (at < end) {
            int character = Chars.at(text, at, end);
            int kind = Chars.kind(character);
            if (kind == Chars.LOWER) {
                return smallRunEnd(text, at + Chars.width(character), end);
            }
            if (kind != Chars.UPPER && kind != Chars.LETTER && kind != Chars.MARK) {
                break;
            }
            at += Chars.width(character);
            if (kind != Chars.UPPER) {
                afterLast = at;
            }
        }
        return afterLast;
    }

    private static int smallRunEnd(byte[] text, int from, int end) {
        int at = Chars.afterSmallAsciiLetters(text, from, end);
        while (at < end) {
            int character = Chars.at(text, at, end);
            int kind = Chars.kind(character);
            if (kind != Chars.LOWER && kind != Chars.LETTER && kind != Chars.MARK) {
                break;
            }
            at += Chars.width(character);
        }
        return at;
    }

    /// The end of `U+W*` here, where `U*W+` does not match: capitals only.
    private static int capitalsEnd(byte[] text, int from, int end) {
        int at = from;
        while (at < end) {
            int character = Chars.at(text, at, end);
            if (Chars.kind(character) != Chars.UPPER) {
                break;
            }
            at += Chars.width(character);
        }
        return at == from ? NO_MATCH : at;
    }

    private static int withContraction(byte[] text, int apostrophe, int end) {
        int length = Chars.contraction(text, apostrophe + 1, end);
        return length == 0 ? apostrophe : apostrophe + 1 + length;
    }

    private static int signsEnd(byte[] text, int from, int end) {
        int at = Chars.afterSigns(text, from, end);
        while (at < end && (text[at] == '\r' || text[at] == '\n' || text[at] == '/')) {
            at++;
        }
        return at;
    }
}
