package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.Encoding;
import dev.cortado.text.tokenizer.Encoding.Token;
import java.util.ArrayList;
import java.util.List;

/// Leaves white space that belongs to tokens, as byte-level models have it (`Ġthe`), out of their offsets.
final class OffsetTrimming {
    private static final int SPACE = 'Ġ'; // how the byte alphabet writes a space

    private OffsetTrimming() {}

    /// @param addPrefixSpace whether the pre-tokenizer puts a space before a text, which is then not in the original
    static Encoding trim(Encoding encoding, boolean addPrefixSpace) {
        return Encodings.mapOverflow(trimmed(encoding, addPrefixSpace), piece -> trimmed(piece, addPrefixSpace));
    }

    private static Encoding trimmed(Encoding encoding, boolean addPrefixSpace) {
        List<Token> tokens = new ArrayList<>(encoding.size());
        for (Token token : encoding.tokens()) {
            tokens.add(trimmed(token, tokens.isEmpty(), addPrefixSpace));
        }
        return new Encoding(tokens, encoding.overflow());
    }

    private static Token trimmed(Token token, boolean first, boolean addPrefixSpace) {
        String text = token.text();
        int leading = 0;
        while (leading < text.length() && isSpace(text.charAt(leading))) {
            leading++;
        }
        int trailing = 0;
        while (trailing < text.length() && isSpace(text.charAt(text.length() - 1 - trailing))) {
            trailing++;
        }
        int start = token.start();
        int end = token.end();
        // A single space before the first token is the one that was put there: it covers nothing of the text.
        boolean ours = (first || start == 0) && addPrefixSpace && leading == 1;
        if (!ours) {
            start = Math.min(start + leading, end);
        }
        if (end >= trailing) {
            end = Math.max(end - trailing, start);
        }
        return start == token.start() && end == token.end() ? token : token.withRange(start, end);
    }

    private static boolean isSpace(char c) {
        return c == SPACE || CharacterKinds.isWhiteSpace(c);
    }
}
