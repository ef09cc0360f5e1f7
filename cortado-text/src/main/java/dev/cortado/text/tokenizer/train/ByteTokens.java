package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.model.ByteAlphabet;
import java.util.ArrayList;
import java.util.List;

/// The tokens that stand for bytes.
final class ByteTokens {
    private ByteTokens() {}

    /// Fixed tokens and the 256 characters of the byte alphabet, in ascending order as trainers number them.
    ///
    /// @throws IllegalArgumentException when a fixed token spells a byte
    static List<String> alphabet(List<String> fixed) {
        List<String> tokens = new ArrayList<>(fixed);
        for (char c : ByteAlphabet.ascending()) {
            String token = String.valueOf(c);
            if (fixed.contains(token)) {
                throw new IllegalArgumentException("'" + token
                        + "' cannot name a special token, it stands for a byte; use a name such as <|" + token + "|>");
            }
            tokens.add(token);
        }
        return tokens;
    }

    /// Some tokens and `<0x00>` … `<0xFF>`, what byte fallback makes of unknown characters.
    static List<String> fallback(List<String> fixed, boolean wanted) {
        List<String> tokens = new ArrayList<>(fixed);
        for (int b = 0; wanted && b < 256; b++) {
            tokens.add(String.format("<0x%02X>", b));
        }
        return tokens;
    }
}
