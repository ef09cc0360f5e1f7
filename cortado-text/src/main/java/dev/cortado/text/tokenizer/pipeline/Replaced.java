package dev.cortado.text.tokenizer.pipeline;

import java.util.function.UnaryOperator;

/// The decoder `Replace` at work: literal text is replaced as it comes, also across the parts of a piece; a regular
/// expression waits for the end of the piece, since what it finds may depend on all of it.
///
/// The search for literal text is that of Knuth, Morris and Pratt (1977): what waits is always a beginning of what is
/// looked for, so a number is all there is to remember.
final class Replaced implements DecodeStage {
    private final String wanted;
    private final String content;
    private final int[] border; // by length of a beginning of `wanted`: of its longest proper beginning that ends it
    private final DecodeStage next;
    private int matched; // so much of `wanted` waits

    private Replaced(String wanted, String content, DecodeStage next) {
        this.wanted = wanted;
        this.content = content;
        this.next = next;
        border = new int[wanted.length() + 1];
        for (int i = 1, k = 0; i < wanted.length(); i++) {
            while (k > 0 && wanted.charAt(k) != wanted.charAt(i)) {
                k = border[k];
            }
            k = wanted.charAt(k) == wanted.charAt(i) ? k + 1 : 0;
            border[i + 1] = k;
        }
    }

    /// The stage of a `Replace`.
    static DecodeStage stage(Decoder.Replace replace, DecodeStage next) {
        return switch (replace.pattern()) {
            case TextPattern.Literal(String text) when !text.isEmpty() -> new Replaced(text, replace.content(), next);
            case TextPattern.Literal _ ->
                stage(piece -> piece.isEmpty() ? piece : everywhere(piece, "", replace.content()), next);
            case TextPattern.Regex regex -> stage(piece -> regex.replaceAll(piece, replace.content()), next);
        };
    }

    private static DecodeStage stage(UnaryOperator<String> change, DecodeStage next) {
        return new Whole(new OnPieces() {
            @Override
            public void piece(String piece) {
                next.text(change.apply(piece));
                next.end();
            }

            @Override
            public void finish() {
                next.finish();
            }
        });
    }

    /// `str::replace` of Rust: empty text is found around every character, not inside pairs of surrogates.
    static String everywhere(String text, String wanted, String content) {
        if (!wanted.isEmpty()) {
            return text.replace(wanted, content);
        }
        var result = new StringBuilder(content);
        text.codePoints().forEach(point -> result.appendCodePoint(point).append(content));
        return result.toString();
    }

    @Override
    public void text(String part) {
        var text = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            while (matched > 0 && wanted.charAt(matched) != c) {
                text.append(wanted, 0, matched - border[matched]); // these do not begin it after all
                matched = border[matched];
            }
            if (wanted.charAt(matched) != c) {
                text.append(c);
            } else if (++matched == wanted.length()) {
                text.append(content);
                matched = 0;
            }
        }
        next.text(text.toString());
    }

    @Override
    public void end() {
        if (matched > 0) {
            next.text(wanted.substring(0, matched));
            matched = 0;
        }
        next.end();
    }

    @Override
    public void finish() {
        next.finish();
    }
}
