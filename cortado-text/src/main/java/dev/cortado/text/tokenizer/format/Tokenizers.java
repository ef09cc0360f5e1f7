package dev.cortado.text.tokenizer.format;

import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Opens tokenizers in any format, and saves them in the layout of Hugging Face model folders: `tokenizer.json`, and
/// beside it `tokenizer_config.json` for the roles of the special tokens.
public final class Tokenizers {
    private static final String SENTENCE_PIECE = "tokenizer.model";
    private static final String VOCAB_TEXT = "vocab.txt";
    private static final List<List<String>> MERGES =
            List.of(List.of("vocab.json", "merges.txt"), List.of("encoder.json", "vocab.bpe"));

    private Tokenizers() {}

    /// The tokenizer of a file, or of a folder that holds one.
    ///
    /// A file's format is known by its name: `.json`, `.model`, `.tiktoken`, `.gguf`, `.txt`, llama2.c's `.bin`,
    /// and `vocab.json` with its merges beside it.
    ///
    /// @throws IllegalArgumentException when the folder holds no tokenizer, or a file is malformed or of a kind
    ///     that is not supported; the message names the file and what is wrong
    /// @throws NoSuchFileException when there is no such file or folder
    public static PipelineTokenizer read(Path fileOrFolder) throws IOException {
        return find(fileOrFolder)
                .orElseThrow(() -> new IllegalArgumentException(fileOrFolder + " holds no tokenizer: there is no "
                        + PipelineJson.FILE_NAME + ", " + SENTENCE_PIECE + ", vocab.json with merges.txt, " + VOCAB_TEXT
                        + " or single .tiktoken or .gguf file in it"));
    }

    /// The same for a folder that need not hold a tokenizer; then nothing.
    ///
    /// @throws IllegalArgumentException when there is a tokenizer but it cannot be used
    /// @throws NoSuchFileException when there is no such file or folder
    public static Optional<PipelineTokenizer> find(Path fileOrFolder) throws IOException {
        if (!Files.exists(fileOrFolder)) {
            throw new NoSuchFileException(fileOrFolder.toString());
        }
        Optional<Path> file = Files.isDirectory(fileOrFolder) ? inside(fileOrFolder) : Optional.of(fileOrFolder);
        return file.isPresent() ? Optional.of(open(file.get())) : Optional.empty();
    }

    /// The file of a folder that holds its tokenizer, the one that says most first.
    private static Optional<Path> inside(Path folder) throws IOException {
        for (String name : List.of(PipelineJson.FILE_NAME, SENTENCE_PIECE)) {
            if (Files.exists(folder.resolve(name))) {
                return Optional.of(folder.resolve(name));
            }
        }
        for (List<String> pair : MERGES) {
            if (pair.stream().allMatch(name -> Files.exists(folder.resolve(name)))) {
                return Optional.of(folder.resolve(pair.getFirst()));
            }
        }
        if (Files.exists(folder.resolve(VOCAB_TEXT))) {
            return Optional.of(folder.resolve(VOCAB_TEXT));
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> single = files.filter(file -> file.toString().endsWith(".tiktoken")
                            || file.toString().endsWith(".gguf"))
                    .toList();
            return single.size() == 1 ? Optional.of(single.getFirst()) : Optional.empty();
        }
    }

    private static PipelineTokenizer open(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        for (List<String> pair : MERGES) {
            if (name.equals(pair.getFirst())) {
                return tokenizer(MergesFiles.read(file, file.resolveSibling(pair.getLast())));
            }
        }
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "json" -> ofJson(file);
            case "model" -> tokenizer(SentencePieceModel.read(file));
            case "tiktoken" -> tokenizer(TiktokenFile.read(file));
            case "gguf" -> tokenizer(GgufTokenizer.read(file));
            case "txt" -> tokenizer(VocabText.read(file));
            case "bin" -> tokenizer(Llama2cTokenizer.read(file));
            default ->
                throw new IllegalArgumentException(file + " has no name that tells its format: a tokenizer is a .json,"
                        + " .model, .tiktoken, .gguf, .txt or (llama2.c) .bin file, or a folder with one");
        };
    }

    private static PipelineTokenizer tokenizer(TokenizerFile file) {
        return new PipelineTokenizer(file.pipeline()).withSpecials(file.specials());
    }

    private static PipelineTokenizer ofJson(Path file) throws IOException {
        var tokenizer = new PipelineTokenizer(PipelineJson.read(file));
        Path config = file.resolveSibling(TokenizerConfig.FILE_NAME);
        return Files.exists(config) ? TokenizerConfig.withRoles(tokenizer, config) : tokenizer;
    }

    /// Writes both files into a folder, each atomically, and makes the folder when needed.
    ///
    /// @param modelMaxLength the longest sequence, in tokens, of the model the tokenizer belongs to
    public static void write(PipelineTokenizer tokenizer, OptionalLong modelMaxLength, Path folder) throws IOException {
        PipelineJson.write(tokenizer.pipeline(), folder.resolve(PipelineJson.FILE_NAME));
        TokenizerConfig.write(tokenizer.specials(), modelMaxLength, folder.resolve(TokenizerConfig.FILE_NAME));
    }
}
