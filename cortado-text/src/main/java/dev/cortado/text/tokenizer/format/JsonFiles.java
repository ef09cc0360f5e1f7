package dev.cortado.text.tokenizer.format;

import dev.cortado.text.file.PendingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Strict reading and atomic writing of a tokenizer's JSON files.
final class JsonFiles {
    // A vocabulary's keys are as many as they are different: nothing is won by remembering names.
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private JsonFiles() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// The one JSON object a file holds.
    ///
    /// @throws IllegalArgumentException when it holds anything else; the message says where
    /// @throws java.nio.file.NoSuchFileException when it is not there
    static ObjectNode read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        if (content.length == 0) {
            throw new IllegalArgumentException(file + " is empty");
        }
        JsonNode root;
        try {
            root = MAPPER.readTree(content);
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new IllegalArgumentException(file + " is not JSON" + where + ": " + e.getOriginalMessage(), e);
        }
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException(file + " holds no JSON object");
    }

    /// Writes a file that is there whole or, when writing fails, as it was before.
    static void write(ObjectNode root, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (PendingFile pending = PendingFile.beside(file)) {
            pending.write(ByteBuffer.wrap(MAPPER.writeValueAsBytes(root)));
            pending.seal();
            pending.publish();
        }
    }
}
