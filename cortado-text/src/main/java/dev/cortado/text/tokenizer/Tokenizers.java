package dev.cortado.text.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// Opens and saves tokenizers in the layout of Hugging Face model folders: `tokenizer.json`, and beside it
/// `tokenizer_config.json` for the roles of the special tokens.
public final class Tokenizers {
    private Tokenizers() {}

    /// The tokenizer of a `tokenizer.json` or of a folder that holds one.
    ///
    /// @throws IllegalArgumentException when the folder holds no tokenizer, or a file is malformed or of a kind
    ///     that is not supported; the message names the file and what is wrong
    /// @throws NoSuchFileException when there is no such file or folder
    public static Tokenizer read(Path fileOrFolder) throws IOException {
        return find(fileOrFolder)
                .orElseThrow(() -> new IllegalArgumentException(
                        fileOrFolder + " holds no tokenizer: there is no " + TokenizerJson.FILE_NAME + " in it"));
    }

    /// The same for a folder that need not hold a tokenizer; then nothing.
    ///
    /// @throws IllegalArgumentException when there is a tokenizer but it cannot be used
    /// @throws NoSuchFileException when there is no such file or folder
    public static Optional<Tokenizer> find(Path fileOrFolder) throws IOException {
        if (!Files.exists(fileOrFolder)) {
            throw new NoSuchFileException(fileOrFolder.toString());
        }
        boolean folder = Files.isDirectory(fileOrFolder);
        Path file = folder ? fileOrFolder.resolve(TokenizerJson.FILE_NAME) : fileOrFolder;
        if (folder && !Files.exists(file)) {
            return Optional.empty();
        }
        ByteLevelBpe tokenizer = TokenizerJson.read(file);
        Path config = file.resolveSibling(TokenizerConfig.FILE_NAME);
        return Optional.of(
                Files.exists(config)
                        ? tokenizer.withSpecials(TokenizerConfig.withRoles(tokenizer.specials(), config))
                        : tokenizer);
    }

    /// Writes both files into a folder, each atomically, and makes the folder when needed.
    ///
    /// @param modelMaxLength the longest sequence, in tokens, of the model the tokenizer belongs to
    public static void write(ByteLevelBpe tokenizer, OptionalLong modelMaxLength, Path folder) throws IOException {
        TokenizerJson.write(tokenizer, folder.resolve(TokenizerJson.FILE_NAME));
        TokenizerConfig.write(tokenizer.specials(), modelMaxLength, folder.resolve(TokenizerConfig.FILE_NAME));
    }
}
