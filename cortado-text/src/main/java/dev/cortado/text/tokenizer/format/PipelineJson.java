package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Path;

/// `tokenizer.json` of Hugging Face's tokenizers library, version 1.0: every component the library has, in every form
/// in which it still reads them. Whatever else a file says is refused, because leaving it out could give other ids.
///
/// Stricter than the library: an added token's id must not contradict the model's vocabulary (the library would give
/// the token another id than the file says), and keys must be known.
public final class PipelineJson {
    /// The name of the file in a model's folder.
    public static final String FILE_NAME = "tokenizer.json";

    private PipelineJson() {}

    /// Reads a file.
    ///
    /// @throws IllegalArgumentException when the file is malformed, contradicts itself or asks for something
    /// unknown; the message names the file, the place in it, and what is wrong
    /// @throws java.nio.file.NoSuchFileException when it is not there
    public static Pipeline read(Path file) throws IOException {
        var root = new Place(JsonFiles.read(file), "");
        try {
            return PipelineReader.pipeline(root);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /// Writes a file, atomically: as the library would write it, so that it reads it as well.
    public static void write(Pipeline pipeline, Path file) throws IOException {
        JsonFiles.write(PipelineWriter.write(pipeline), file);
    }
}
