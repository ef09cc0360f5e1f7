package dev.cortado.text.tokenizer.pipeline;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;

/// Cuts text where the script changes.
final class Scripts {
    private static final int PROLONGED_SOUND_MARK = 0x30FC; // of Japanese; Unicode has it in several scripts

    private Scripts() {}

    /// Characters of no script – spaces and what is unassigned – belong to what is before them; with nothing before
    /// them, they are lost, as in Hugging Face's library.
    static List<AlignedText> split(AlignedText piece) {
        List<AlignedText> pieces = new ArrayList<>();
        String text = piece.text();
        UnicodeScript last = UnicodeScript.UNKNOWN;
        int from = text.length();
        for (int i = 0, width; i < text.length(); i += width) {
            int codePoint = text.codePointAt(i);
            width = Character.charCount(codePoint);
            UnicodeScript script = script(codePoint);
            if (script != UnicodeScript.UNKNOWN && script != last) {
                if (from < i) {
                    pieces.add(piece.slice(from, i));
                }
                from = i;
                last = script;
            }
        }
        if (from < text.length()) {
            pieces.add(piece.slice(from, text.length()));
        }
        return pieces;
    }

    private static UnicodeScript script(int codePoint) {
        if (codePoint == ' ') {
            return UnicodeScript.UNKNOWN;
        }
        if (codePoint == PROLONGED_SOUND_MARK) {
            return UnicodeScript.HAN;
        }
        UnicodeScript script = UnicodeScript.of(codePoint);
        return switch (script) {
            case HIRAGANA, KATAKANA -> UnicodeScript.HAN;
            default -> script;
        };
    }
}
