package dev.cortado.model.source;

import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Storage;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A folder in the Hugging Face layout.
public record FolderSource(Path path) implements ModelSource {
    private static final String TEMPLATE = "chat_template.jinja";
    private static final String TOKENIZER = "tokenizer_config.json";

    @Override
    public String format() {
        return ModelFolder.hasPyTorchWeights(path) ? "pytorch" : "safetensors";
    }

    @Override
    public ModelSpec spec() throws IOException {
        return ModelFolder.spec(path);
    }

    @Override
    public Model open(Device device, Storage storage) throws IOException {
        return ModelFolder.open(path, device, storage);
    }

    @Override
    public WeightSource weights() throws IOException {
        return ModelFolder.weights(path);
    }

    @Override
    public TextEnds ends() throws IOException {
        return ModelFolder.ends(path);
    }

    @Override
    public int[] forcedFirst() throws IOException {
        return ModelFolder.forcedFirst(path).stream().toArray();
    }

    @Override
    public Optional<PipelineTokenizer> tokenizer() throws IOException {
        return Tokenizers.find(path);
    }

    @Override
    public Optional<String> chatTemplate() throws IOException {
        Path template = path.resolve(TEMPLATE);
        if (Files.exists(template)) {
            return Optional.of(Files.readString(template));
        }
        Path config = path.resolve(TOKENIZER);
        return Files.exists(config)
                ? Optional.of(ConfigFile.read(config).string("chat_template", ""))
                        .filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    /// What its model card says.
    @Override
    public Optional<String> licence() throws IOException {
        Path card = path.resolve("README.md");
        if (!Files.isRegularFile(card)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(card);
        if (lines.isEmpty() || !lines.getFirst().equals("---")) {
            return Optional.empty();
        }
        return lines.stream()
                .skip(1)
                .takeWhile(line -> !line.equals("---"))
                .filter(line -> line.startsWith("license:"))
                .map(line -> line.substring("license:".length()).strip())
                .findFirst();
    }
}
