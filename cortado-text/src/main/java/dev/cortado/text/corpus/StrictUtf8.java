package dev.cortado.text.corpus;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// UTF-8 that has to be well-formed: a corpus with broken characters is refused, not repaired.
final class StrictUtf8 {
    private StrictUtf8() {}

    /// The text of some bytes of a file.
    ///
    /// @param offset where in the file the bytes begin
    /// @throws IllegalArgumentException when they are not UTF-8; the message gives the file and the first wrong
    ///     byte
    static String decode(byte[] bytes, Path file, long offset) {
        // The JDK's fast path turns malformed bytes into U+FFFD; only text with one of those can have had any.
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            requireWellFormed(bytes, file, offset);
        }
        return text;
    }

    private static void requireWellFormed(byte[] bytes, Path file, long offset) {
        var decoder = StandardCharsets.UTF_8.newDecoder(); // reports errors unless told otherwise
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(1 << 13);
        CoderResult result;
        do {
            result = decoder.decode(in, out.clear(), true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw new IllegalArgumentException(
                    file + " is not UTF-8 at byte " + (offset + in.position()) + "; convert it to UTF-8 first");
        }
    }
}
