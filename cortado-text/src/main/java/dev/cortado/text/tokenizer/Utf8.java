package dev.cortado.text.tokenizer;

import java.nio.charset.StandardCharsets;

/// Reads bytes as UTF-8 with one U+FFFD for each maximal malformed piece, as Unicode recommends (version 16, section
/// 3.9)
/// and as other tokenizer libraries do.
final class Utf8 {
    private static final byte SURROGATE_LEAD = (byte) 0xED;
    private static final byte NEVER_VALID = (byte) 0xFF;

    private Utf8() {}

    /// The text of some bytes, which may be changed on the way.
    static String decode(byte[] bytes) {
        splitSurrogates(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Makes the JDK's decoders follow the recommendation. They differ from it in one case: an encoded surrogate
    /// (`ED A0 80` to `ED BF BF`) is one malformed piece to them, but `ED` cannot be followed by `A0`, so each of
    /// its bytes is a piece. With another invalid byte in place of the `ED`, nothing joins them.
    static void splitSurrogates(byte[] bytes) {
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == SURROGATE_LEAD && (bytes[i + 1] & 0xE0) == 0xA0) {
                bytes[i] = NEVER_VALID;
            }
        }
    }
}
