package dev.cortado.train.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// `manifest.json`: what a checkpoint consists of. It is written last, so a folder that has one was finished.
///
/// ```json
/// {"format": 1, "step": 1200, "files": [{"name": "optimizer.bin", "bytes": 4096, "crc32c": "8a9136aa"}]}
/// ```
record Manifest(int format, long step, List<CheckpointFile> files) {
    static final String FILE = "manifest.json";
    static final int FORMAT = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    Manifest {
        files = List.copyOf(files);
    }

    void write(Path folder) throws IOException {
        try (FileChannel channel =
                FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer json = ByteBuffer.wrap(JSON.writeValueAsBytes(this));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            channel.force(true);
        }
    }

    /// Reads the manifest of a checkpoint.
    ///
    /// @throws IllegalArgumentException when there is none, or not one that this version understands
    static Manifest read(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve(FILE))) {
            throw new IllegalArgumentException(FILE + " is missing");
        }
        Manifest manifest;
        try {
            // A document of nothing but `null` is read as no object at all.
            manifest = Optional.ofNullable(JSON.readValue(Files.readAllBytes(folder.resolve(FILE)), Manifest.class))
                    .orElseThrow(() -> new IllegalArgumentException(FILE + ": null is not a manifest"));
        } catch (JacksonException e) {
            String line = e.getOriginalMessage().lines().findFirst().orElse("malformed JSON");
            throw new IllegalArgumentException(FILE + ": " + line, e);
        }
        if (manifest.format != FORMAT) {
            throw new IllegalArgumentException(
                    FILE + " has format " + manifest.format + ", but this version reads " + FORMAT);
        }
        return manifest;
    }
}
