package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.model.ByteAlphabet;
import java.nio.charset.StandardCharsets;

/// Writes the UTF-8 bytes of a text as the printable characters that stand for them in byte-level vocabularies
/// ([ByteAlphabet]).
final class ByteLevelText {
    private ByteLevelText() {}

    /// The bytes of each character have the range of that character.
    static AlignedText of(AlignedText text) {
        TextEdit edit = text.edit();
        while (edit.hasNext()) {
            int codePoint = edit.next();
            if (codePoint < 0x80) {
                edit.replace(ByteAlphabet.character(codePoint));
            } else {
                byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
                edit.replace(ByteAlphabet.character(bytes[0] & 0xFF));
                for (int i = 1; i < bytes.length; i++) {
                    edit.insert(ByteAlphabet.character(bytes[i] & 0xFF));
                }
            }
        }
        return edit.finish();
    }
}
