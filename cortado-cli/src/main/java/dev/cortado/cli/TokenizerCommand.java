package dev.cortado.cli;

import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cortado tokenizer`: makes tokenizers and uses them.
@Command(name = "tokenizer", description = "Train a tokenizer, look at one, or turn text into ids and back.")
final class TokenizerCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// The command with its subcommands; `in` is what stands for text that is not given.
    static CommandLine of(Output output, InputStream in) {
        return new CommandLine(new TokenizerCommand())
                .addSubcommand(new TokenizerTrain(output))
                .addSubcommand(new TokenizerEncode(output, in))
                .addSubcommand(new TokenizerDecode(output, in))
                .addSubcommand(new TokenizerInfo(output))
                .addSubcommand(new TokenizerConvert(output))
                .addSubcommand(new TokenizerCompare(output));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name what to do: train, encode, decode, info, convert or compare");
    }

    /// The tokenizer of every command that uses one.
    static final class Given {
        @Option(
                names = "--tokenizer",
                required = true,
                paramLabel = "FILE|DIR",
                description = "A tokenizer.json, SentencePiece .model, .tiktoken, .gguf, vocab.json with merges.txt,"
                        + " vocab.txt, or a folder with one.")
        private Path path = Path.of("");

        Path path() {
            return path;
        }

        PipelineTokenizer read() throws IOException {
            return Tokenizers.read(path);
        }
    }
}
