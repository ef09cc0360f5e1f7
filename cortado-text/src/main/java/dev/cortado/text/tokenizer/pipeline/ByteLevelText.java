package dev.cortado.text.tokenizer.pipeline;

import java.nio.charset.StandardCharsets;

/// Writes the UTF-8 bytes of a text as the printable characters that stand for them in byte-level vocabularies
/// (`bytes_to_unicode` in GPT-2's `encoder.py`, Radford et al. 2019): bytes that are printable in Latin-1 stand for
/// themselves, the other 68 are numbered from U+0100.
final class ByteLevelText {
    private static final char[] CHARACTERS = characters();

    private ByteLevelText() {}

    /// The bytes of each character have the range of that character.
    static AlignedText of(AlignedText text) {
        TextEdit edit = text.edit();
        while (edit.hasNext()) {
            int codePoint = edit.next();
            if (codePoint < 0x80) {
                edit.replace(CHARACTERS[codePoint]);
            } else {
                byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
                edit.replace(CHARACTERS[bytes[0] & 0xFF]);
                for (int i = 1; i < bytes.length; i++) {
                    edit.insert(CHARACTERS[bytes[i] & 0xFF]);
                }
            }
        }
        return edit.finish();
    }

    private static char[] characters() {
        char[] characters = new char[256];
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            characters[b] = printable ? (char) b : next++;
        }
        return characters;
    }
}
