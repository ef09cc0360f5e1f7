package dev.cortado.model.source;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.Storage;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.llama2c.Llama2c;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A checkpoint of llama2.c; its tokenizer is the `tokenizer.bin`, or the one file named `tok….bin`, beside it.
public record Llama2cSource(Path path) implements ModelSource {
    @Override
    public String format() {
        return "llama2.c";
    }

    @Override
    public ModelSpec spec() throws IOException {
        try (Llama2c file = Llama2c.open(path)) {
            return file.spec();
        }
    }

    @Override
    public Model open(Device device, Storage storage) throws IOException {
        Llama2c file = Llama2c.open(path);
        try {
            Model model = file.spec().build(Params.stored(file, CheckpointNames.of(""), storage, device), device);
            model.parameters().hold(file);
            return model;
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    @Override
    public WeightSource weights() throws IOException {
        return Llama2c.open(path);
    }

    /// The format fixes them: 1 begins a text, and sampling either ends it.
    @Override
    public TextEnds ends() {
        return new TextEnds(OptionalInt.of(1), List.of(1, 2));
    }

    @Override
    public Optional<PipelineTokenizer> tokenizer() throws IOException {
        List<Path> beside;
        try (var files = Files.list(path.toAbsolutePath().getParent())) {
            beside = files.filter(file -> file.getFileName().toString().matches("tok.*\\.bin"))
                    .toList();
        }
        Optional<Path> usual = beside.stream()
                .filter(file -> file.getFileName().toString().equals("tokenizer.bin"))
                .findFirst()
                .or(() -> beside.size() == 1 ? Optional.of(beside.getFirst()) : Optional.empty());
        return usual.isPresent() ? Optional.of(Tokenizers.read(usual.get())) : Optional.empty();
    }

    @Override
    public Optional<String> chatTemplate() {
        return Optional.empty();
    }
}
