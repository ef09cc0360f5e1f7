package dev.cortado.model.weights;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// A pull parser for JSON that nobody vouches for: the caller says what must come next, and anything else,
/// broken UTF-8 included, is an [IllegalArgumentException] of one line that names the file.
///
/// It builds no tree, so memory follows what the caller keeps and not what the text claims.
final class StrictJson {
    private static final int QUOTED_LENGTH = 120;
    // Names are seen once: a symbol table would only be something for colliding names to attack.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    private final Path file;
    private final JsonParser parser;

    StrictJson(Path file, byte[] utf8) {
        this.file = file;
        // Left to itself the parser guesses UTF-16 or UTF-32 from zero bytes; a new decoder also reports malformed
        // input.
        var text = new InputStreamReader(new ByteArrayInputStream(utf8), StandardCharsets.UTF_8.newDecoder());
        this.parser = JSON.createParser(ObjectReadContext.empty(), text);
    }

    /// Steps into an object; `what` names it in the error.
    void openObject(String what) {
        expect(JsonToken.START_OBJECT, what, "an object");
    }

    /// Steps to the next key of the current object, or out of the object when there is none left.
    boolean nextKey() {
        return next() == JsonToken.PROPERTY_NAME;
    }

    /// The key stepped to.
    String key() {
        return read(parser::currentName);
    }

    /// The next value, which must be a string.
    String string(String what) {
        expect(JsonToken.VALUE_STRING, what, "a string");
        return read(parser::getString);
    }

    /// The next value, which must be an array of at most `most` integers from 0 to 2^63 − 1.
    long[] counts(String what, int most) {
        expect(JsonToken.START_ARRAY, what, "an array");
        long[] counts = new long[4];
        int length = 0;
        while (next() != JsonToken.END_ARRAY) {
            if (length == most) {
                throw wrong(what + " has more than " + most + " numbers");
            }
            if (length == counts.length) {
                counts = Arrays.copyOf(counts, 2 * length);
            }
            counts[length++] = count(what);
        }
        return Arrays.copyOf(counts, length);
    }

    private long count(String what) {
        boolean integer = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
        boolean fits = integer && read(parser::getNumberType) != JsonParser.NumberType.BIG_INTEGER;
        if (!fits || parser.getLongValue() < 0) {
            throw wrong(
                    what + " holds " + quoted(read(parser::getString)) + " instead of an integer from 0 to 2^63 - 1");
        }
        return parser.getLongValue();
    }

    /// Passes over the next value, whatever it is.
    void skip() {
        next();
        read(parser::skipChildren);
    }

    /// Nothing but white space may follow.
    void end() {
        if (next() != null) {
            throw wrong("malformed JSON: more text after the end");
        }
    }

    /// The error to throw when the text is well-formed but wrong.
    IllegalArgumentException wrong(String detail) {
        return new IllegalArgumentException(file + ": " + detail);
    }

    /// Untrusted text fit for one line of a message: quoted, without control characters, not endless.
    static String quoted(String text) {
        var line = new StringBuilder("'");
        text.codePoints()
                .limit(QUOTED_LENGTH)
                .map(point -> Character.isISOControl(point) || Character.getType(point) == Character.LINE_SEPARATOR
                        ? '?'
                        : point)
                .forEach(line::appendCodePoint);
        return line.append(text.codePointCount(0, text.length()) > QUOTED_LENGTH ? "…'" : "'")
                .toString();
    }

    private void expect(JsonToken token, String what, String kind) {
        if (next() != token) {
            throw wrong(what + " must be " + kind);
        }
    }

    private @Nullable JsonToken next() {
        return read(parser::nextToken);
    }

    private <T extends @Nullable Object> T read(Supplier<T> step) {
        try {
            return step.get();
        } catch (JacksonException e) {
            // The original message lacks the parser's second line about where it read from, which says nothing here.
            throw new IllegalArgumentException(
                    file + ": malformed JSON at character " + e.getLocation().getCharOffset() + ": "
                            + quoted(e.getOriginalMessage()),
                    e);
        }
    }
}
