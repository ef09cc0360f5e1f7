package dev.cortado.text.tokenizer.scan;

/// GPT-4's words ([WordScanner#CL100K]) and those of its relatives Llama 3 and Qwen 2: contractions in any case;
/// letters with any one sign before them; a few digits; other signs with a space before and line ends after them;
/// white space up to its last line end.
///
/// @param digits    how many digits one word has at most
/// @param wholeTail whether white space at the end of the text is one word even with line ends in it
record Gpt4Scanner(int digits, boolean wholeTail) implements WordScanner {
    @Override
    public int wordEnd(byte[] text, int start, int end) {
        if (text[start] == '\'') {
            int length = Chars.contraction(text, start + 1, end);
            if (length > 0) {
                return start + 1 + length;
            }
        }
        int first = Chars.at(text, start, end);
        int kind = Chars.kind(first);
        int at = start + Chars.width(first);
        if (Chars.isLetter(kind)) {
            return lettersEnd(text, at, end);
        }
        if (kind == Chars.NUMBER) {
            return digitsEnd(text, at, end, digits - 1);
        }
        if (at < end && kind != Chars.NEWLINE) {
            int second = Chars.at(text, at, end);
            if (Chars.isLetter(Chars.kind(second))) {
                return lettersEnd(text, at + Chars.width(second), end);
            }
            if (text[start] == ' ' && Chars.isSign(Chars.kind(second))) {
                return signsEnd(text, at, end);
            }
        }
        return Chars.isSign(kind) ? signsEnd(text, start, end) : Chars.whiteSpaceEnd(text, start, end, wholeTail);
    }

    private static int lettersEnd(byte[] text, int from, int end) {
        int at = Chars.afterAsciiLetters(text, from, end);
        while (at < end) {
            int character = Chars.at(text, at, end);
            if (!Chars.isLetter(Chars.kind(character))) {
                break;
            }
            at += Chars.width(character);
        }
        return at;
    }

    /// At most `more` digits from here.
    static int digitsEnd(byte[] text, int from, int end, int more) {
        int at = from;
        for (int i = 0; i < more && at < end; i++) {
            int character = Chars.at(text, at, end);
            if (Chars.kind(character) != Chars.NUMBER) {
                break;
            }
            at += Chars.width(character);
        }
        return at;
    }

    private static int signsEnd(byte[] text, int from, int end) {
        int at = Chars.afterSigns(text, from, end);
        while (at < end && (text[at] == '\r' || text[at] == '\n')) {
            at++;
        }
        return at;
    }
}
