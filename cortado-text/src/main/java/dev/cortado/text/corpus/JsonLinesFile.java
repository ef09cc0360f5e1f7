package dev.cortado.text.corpus;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A `.jsonl` file of documents, read a line at a time.
final class JsonLinesFile implements Closeable {
    /// A line beyond this length is a file without line ends rather than a document.
    private static final int LONGEST_LINE = 1 << 28;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Corpus.SourceFile file;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at; // buffer[at, limit) is still to be read
    private int limit;
    private long offset; // of the current line in the file
    private long lineNumber;

    JsonLinesFile(Corpus.SourceFile file) throws IOException {
        this.file = file;
        in = Files.newInputStream(file.path());
    }

    /// The next document; nothing at the end of the file.
    Optional<Document> next() throws IOException {
        while (true) {
            Optional<byte[]> line = line();
            if (line.isEmpty()) {
                return Optional.empty();
            }
            String json = StrictUtf8.decode(line.get(), file.path(), offset);
            offset += line.get().length + 1L; // the line feed too; after a last line without one nobody asks
            lineNumber++;
            if (!json.isBlank()) {
                return Optional.of(document(json));
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private Document document(String json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException e) {
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            throw wrong("not JSON at column " + column + ": " + e.getOriginalMessage(), e);
        }
        JsonNode text = root.path("text");
        if (!text.isString()) {
            throw wrong("not a document: it needs a string under the key \"text\"", null);
        }
        if (!isWellFormed(text.stringValue())) {
            throw wrong("its text has half a surrogate pair (\\ud800 … \\udfff), which is no character", null);
        }
        JsonNode id = root.path("id");
        if (id.isMissingNode() || id.isNull()) {
            return new Document(file.id() + ":" + lineNumber, text.stringValue());
        }
        if (!id.isString() && !id.isIntegralNumber()) {
            throw wrong("its \"id\" is neither a string nor a whole number", null);
        }
        return new Document(id.asString(), text.stringValue());
    }

    private IllegalArgumentException wrong(String what, @Nullable Throwable cause) {
        return new IllegalArgumentException(file.path() + ":" + lineNumber + ": " + what, cause);
    }

    /// JSON can escape what UTF-8 cannot express: half of a pair of surrogates. Encoding would silently change it.
    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /// The bytes up to the next line feed or the end of the file; nothing when the file has ended.
    private Optional<byte[]> line() throws IOException {
        var line = new ByteArrayOutputStream(256);
        boolean begun = false;
        while (true) {
            for (int i = at; i < limit; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, at, i - at);
                    at = i + 1;
                    return Optional.of(line.toByteArray());
                }
            }
            begun |= at < limit;
            line.write(buffer, at, limit - at);
            if (line.size() > LONGEST_LINE) {
                throw new IllegalArgumentException(
                        file.path() + ":" + (lineNumber + 1) + ": the line is longer than " + LONGEST_LINE + " bytes");
            }
            at = 0;
            limit = Math.max(0, in.read(buffer));
            if (limit == 0) {
                return begun ? Optional.of(line.toByteArray()) : Optional.empty();
            }
        }
    }
}
