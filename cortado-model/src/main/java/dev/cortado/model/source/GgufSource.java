package dev.cortado.model.source;

import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Storage;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.gguf.GgufModelFile;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A GGUF file.
public record GgufSource(Path path) implements ModelSource {
    @Override
    public String format() {
        return "gguf";
    }

    @Override
    public ModelSpec spec() throws IOException {
        try (GgufModelFile file = GgufModelFile.open(path)) {
            return file.spec();
        }
    }

    @Override
    public Model open(Device device, Storage storage) throws IOException {
        return GgufModelFile.open(path, device, storage);
    }

    // Closed with the weights, which own the mapping.
    @SuppressWarnings("MustBeClosedChecker")
    @Override
    public WeightSource weights() throws IOException {
        return GgufModelFile.open(path).weights();
    }

    @Override
    public TextEnds ends() throws IOException {
        try (GgufModelFile file = GgufModelFile.open(path)) {
            return file.ends();
        }
    }

    /// A file may hold a model alone.
    @Override
    public Optional<PipelineTokenizer> tokenizer() throws IOException {
        try (GgufModelFile file = GgufModelFile.open(path)) {
            String kind = file.file().text("tokenizer.ggml.model").orElse("no_vocab");
            return kind.equals("no_vocab") ? Optional.empty() : Tokenizers.find(path);
        }
    }

    @Override
    public Optional<String> chatTemplate() throws IOException {
        try (GgufModelFile file = GgufModelFile.open(path)) {
            return file.chatTemplate();
        }
    }

    @Override
    public Optional<String> licence() throws IOException {
        try (GgufModelFile file = GgufModelFile.open(path)) {
            return file.file().text("general.license");
        }
    }
}
