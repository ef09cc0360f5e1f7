package dev.cortado.text.tokenizer.train;

import java.lang.Character.UnicodeScript;
import java.util.Optional;

/// Which strings may be pieces of a SentencePiece vocabulary.
///
/// @param oneScript    whether all characters must be of one Unicode script (`split_by_unicode_script`), `▁` aside;
/// Hiragana and Katakana count as Han, marks as what they stand on; digits and punctuation are a script of
/// their own (Common)
/// @param singleDigits whether a digit is always a piece of its own (`split_digits`), as in Llama
public record PieceRules(boolean oneScript, boolean singleDigits) {
    /// SentencePiece's defaults.
    public static final PieceRules SENTENCE_PIECE = new PieceRules(true, false);

    /// Anything goes.
    public static final PieceRules NONE = new PieceRules(false, false);

    boolean allows(String piece) {
        int[] characters = piece.codePoints().toArray();
        Optional<UnicodeScript> script = Optional.empty();
        int space = SentencePieceText.SPACE.codePointAt(0);
        for (int c : characters) {
            if (c == space) {
                continue;
            }
            if (singleDigits && Character.isDigit(c) && characters.length > 1) {
                return false;
            }
            UnicodeScript own = script(c);
            UnicodeScript here = own == UnicodeScript.INHERITED ? script.orElse(own) : own;
            if (oneScript && script.isPresent() && script.get() != here) {
                return false;
            }
            script = Optional.of(here);
        }
        return true;
    }

    private static UnicodeScript script(int c) {
        UnicodeScript script = UnicodeScript.of(c);
        return script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA || c == 0x30FC
                ? UnicodeScript.HAN
                : script;
    }
}
