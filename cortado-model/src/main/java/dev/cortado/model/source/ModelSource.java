package dev.cortado.model.source;

import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Storage;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// A model in storage, of whatever format.
public sealed interface ModelSource permits FolderSource, GgufSource, Llama2cSource {
    /// The source at a path: a folder, a `.gguf` file or a llama2.c `.bin` file.
    ///
    /// @throws NoSuchFileException when nothing is there
    /// @throws IllegalArgumentException when it is no model
    static ModelSource of(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return new FolderSource(path);
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "no such model folder or file");
        }
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(".gguf")) {
            return new GgufSource(path);
        }
        if (name.endsWith(".bin")) {
            return new Llama2cSource(path);
        }
        throw new IllegalArgumentException(
                path + " is no model: give a folder with a config.json, a .gguf file or a llama2.c .bin file");
    }

    /// Where it is.
    Path path();

    /// What the format is called, for reports.
    String format();

    /// The model's numbers.
    ModelSpec spec() throws IOException;

    /// The model, on a device.
    ///
    /// @throws IllegalArgumentException when the weights are not those of [#spec]
    Model open(Device device, Storage storage) throws IOException;

    /// The weights, under Hugging Face's names; to be closed.
    WeightSource weights() throws IOException;

    /// The ids that begin and end a text.
    TextEnds ends() throws IOException;

    /// The ids that the answers of an encoder–decoder must begin with; most have none.
    default int[] forcedFirst() throws IOException {
        return new int[0];
    }

    /// The tokenizer that comes with the model, if there is one.
    Optional<PipelineTokenizer> tokenizer() throws IOException;

    /// What it may be used for, in the words of whoever published it.
    default Optional<String> licence() throws IOException {
        return Optional.empty();
    }

    /// The chat template that comes with the model, as Jinja.
    Optional<String> chatTemplate() throws IOException;
}
