package dev.cortado.cli;

import dev.cortado.recipe.Pretraining;
import dev.cortado.text.corpus.Corpus;
import dev.cortado.text.corpus.Document;
import dev.cortado.text.tokenizer.BpeTrainer;
import dev.cortado.text.tokenizer.ByteLevelBpe;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.text.tokenizer.TokenizerJson;
import dev.cortado.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cortado tokenizer`: makes tokenizers and uses them.
@Command(name = "tokenizer", description = "Train a tokenizer, or turn text into ids and back.")
final class TokenizerCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// The command with its subcommands; `in` is what stands for text that is not given.
    static CommandLine of(Output output, InputStream in) {
        return new CommandLine(new TokenizerCommand())
                .addSubcommand(new Train(output))
                .addSubcommand(new Encode(output, in))
                .addSubcommand(new Decode(output))
                .addSubcommand(new Info(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name what to do: train, encode, decode or info");
    }

    /// The tokenizer of every command that uses one.
    static final class Given {
        @Option(
                names = "--tokenizer",
                required = true,
                paramLabel = "FILE|DIR",
                description = "A tokenizer.json or a folder with one.")
        private Path path = Path.of("");

        Tokenizer read() throws IOException {
            return Tokenizers.read(path);
        }
    }

    /// `cortado tokenizer train`: learns a vocabulary from text.
    @Command(
            name = "train",
            description = "Learn a byte-level BPE from text, as GPT-2's is.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  cortado tokenizer train --out tokenizer --vocab-size 4096 shakespeare.txt",
                "  cortado tokenizer train --out t.json --vocab-size 32000 --special \"<|user|>\" --special"
                        + " \"<|end|>\" texts"
            })
    static final class Train implements Callable<Integer> {
        private final Output output;

        @Option(
                names = "--out",
                required = true,
                paramLabel = "DIR|FILE",
                description = "A folder for tokenizer.json and tokenizer_config.json, or a .json file for the first.")
        private Path out = Path.of("");

        @Option(names = "--vocab-size", required = true, paramLabel = "N", description = "Ids, 256 bytes among them.")
        private int vocabSize;

        @Option(
                names = "--min-frequency",
                defaultValue = "2",
                paramLabel = "N",
                description = "Rarest pair that is still merged (default: ${DEFAULT-VALUE}).")
        private long minFrequency;

        @Option(
                names = "--special",
                paramLabel = "TOKEN",
                description =
                        "A token outside of text; may be given several times (default: " + Pretraining.SEPARATOR + ").")
        private List<String> specials = List.of(Pretraining.SEPARATOR);

        @Option(names = "--force", description = "Replace a tokenizer that is there.")
        private boolean force;

        @Parameters(arity = "1..*", paramLabel = "FILES", description = "Text: .txt, .jsonl, or folders of them.")
        private List<Path> files = List.of();

        Train(Output output) {
            this.output = output;
        }

        /// What `--json` prints.
        record Trained(
                String tokenizer, int vocabSize, boolean complete, long words, int distinctWords, double seconds) {
            String text() {
                return "%s: %,d ids from %,d words (%,d different) in %.1f s%s"
                        .formatted(
                                tokenizer,
                                vocabSize,
                                words,
                                distinctWords,
                                seconds,
                                complete ? "" : "; the text is too small for more");
            }
        }

        @Override
        public Integer call() throws IOException {
            long begin = System.nanoTime();
            boolean one = out.toString().endsWith(".json");
            Path file = one ? out : out.resolve(TokenizerJson.FILE_NAME);
            if (Files.exists(file) && !force) {
                throw new FileAlreadyExistsException(file.toString());
            }
            var trainer = new BpeTrainer(vocabSize, minFrequency, specials);
            BpeTrainer.Result learned;
            try (Stream<Document> documents = Corpus.open(files).documents()) {
                learned = trainer.train(
                        documents.map(Document::text), Runtime.getRuntime().availableProcessors(), _ -> {});
            }
            ByteLevelBpe tokenizer = withRoles(learned.tokenizer());
            if (one) {
                TokenizerJson.write(tokenizer, file);
            } else {
                Tokenizers.write(tokenizer, OptionalLong.empty(), out);
            }
            var report = new Trained(
                    out.toString(),
                    tokenizer.vocabSize(),
                    learned.complete(),
                    learned.words(),
                    learned.distinctWords(),
                    (System.nanoTime() - begin) / 1e9);
            output.result(report, report.text());
            return 0;
        }

        /// The token between documents begins, ends and fills, as in the tokenizers that training makes.
        private static ByteLevelBpe withRoles(ByteLevelBpe tokenizer) {
            String separator = Pretraining.SEPARATOR;
            return tokenizer.specials().ids().containsKey(separator)
                    ? tokenizer.withSpecials(tokenizer
                            .specials()
                            .withBos(separator)
                            .withEos(separator)
                            .withPad(separator))
                    : tokenizer;
        }
    }

    /// `cortado tokenizer encode`: text to ids.
    @Command(
            name = "encode",
            description = "Turn text into token ids; special tokens in it are ordinary text.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  cortado tokenizer encode --tokenizer runs/tour/model --text \"One morning\"",
                "  cat story.txt | cortado tokenizer encode --tokenizer tokenizer.json --json"
            })
    static final class Encode implements Callable<Integer> {
        private final Output output;
        private final InputStream in;

        @Mixin
        private Given given = new Given();

        @ArgGroup
        private Source source = new Source();

        Encode(Output output, InputStream in) {
            this.output = output;
            this.in = in;
        }

        /// One of the two, or neither.
        static final class Source {
            @Option(names = "--text", description = "The text (default: standard input).")
            private @Nullable String text;

            @Option(names = "--file", paramLabel = "FILE", description = "A file of text.")
            private @Nullable Path file;
        }

        /// What `--json` prints; tokens are spelled as in the tokenizer's file.
        record Encoded(List<Integer> ids, List<String> tokens) {}

        @Override
        public Integer call() throws IOException {
            Tokenizer tokenizer = given.read();
            String text = source.text != null
                    ? source.text
                    : source.file != null ? textOf(source.file) : utf8(in.readAllBytes(), "standard input");
            int[] ids = tokenizer.encode(text);
            List<String> tokens =
                    IntStream.of(ids).mapToObj(id -> spelled(tokenizer, id)).toList();
            output.result(
                    new Encoded(IntStream.of(ids).boxed().toList(), tokens),
                    IntStream.of(ids).mapToObj(Integer::toString).collect(Collectors.joining(",")));
            return 0;
        }

        private static String spelled(Tokenizer tokenizer, int id) {
            return tokenizer instanceof ByteLevelBpe bpe
                    ? bpe.vocabulary().tokens().get(id)
                    : tokenizer.decode(new int[] {id});
        }
    }

    /// `cortado tokenizer decode`: ids to text.
    @Command(
            name = "decode",
            description = "Turn token ids into text.",
            footerHeading = "%nExamples:%n",
            footer = {"  cortado tokenizer decode --tokenizer runs/tour/model --ids 1,403,407 --json"})
    static final class Decode implements Callable<Integer> {
        private final Output output;

        @Mixin
        private Given given = new Given();

        @Option(names = "--ids", required = true, paramLabel = "1,2,3", description = "Token ids.")
        private String ids = "";

        Decode(Output output) {
            this.output = output;
        }

        /// What `--json` prints.
        record Decoded(String text) {}

        @Override
        public Integer call() throws IOException {
            int[] numbers = ModelOptions.ids(ids);
            String text = given.read().decode(numbers);
            output.result(new Decoded(text), text);
            return 0;
        }
    }

    /// `cortado tokenizer info`: what a tokenizer is.
    @Command(
            name = "info",
            description = "Say what a tokenizer is, and how many bytes one of its tokens stands for in a text.",
            footerHeading = "%nExamples:%n",
            footer = {"  cortado tokenizer info --tokenizer runs/tour/model --file shakespeare.txt"})
    static final class Info implements Callable<Integer> {
        private final Output output;

        @Mixin
        private Given given = new Given();

        @Option(names = "--file", paramLabel = "FILE", description = "A text to measure with.")
        private Optional<Path> file = Optional.empty();

        Info(Output output) {
            this.output = output;
        }

        /// What `--json` prints.
        ///
        /// @param specials the ids of the special tokens
        record Described(
                String kind,
                int vocabSize,
                Map<String, Integer> specials,
                OptionalInt bos,
                OptionalInt eos,
                OptionalInt pad,
                Optional<Measured> measured) {
            String text() {
                return "%s, %,d ids%nspecial tokens: %s%s"
                        .formatted(
                                kind,
                                vocabSize,
                                specials.isEmpty() ? "none" : specials,
                                measured.map(Measured::text).orElse(""));
            }
        }

        /// A text and the tokens it takes.
        record Measured(String file, long bytes, long tokens, double bytesPerToken) {
            String text() {
                return "%n%s: %,d bytes, %,d tokens, %.3f bytes a token".formatted(file, bytes, tokens, bytesPerToken);
            }
        }

        @Override
        public Integer call() throws IOException {
            Tokenizer tokenizer = given.read();
            var report = new Described(
                    tokenizer instanceof ByteLevelBpe
                            ? "byte-level BPE"
                            : tokenizer.getClass().getSimpleName(),
                    tokenizer.vocabSize(),
                    tokenizer.specials().ids(),
                    tokenizer.specials().bos(),
                    tokenizer.specials().eos(),
                    tokenizer.specials().pad(),
                    file.isPresent() ? Optional.of(measure(tokenizer, file.get())) : Optional.empty());
            output.result(report, report.text());
            return 0;
        }

        private static Measured measure(Tokenizer tokenizer, Path file) throws IOException {
            String text = textOf(file);
            if (text.isEmpty()) {
                throw new IllegalArgumentException(file + " is empty: there is nothing to measure");
            }
            long tokens = tokenizer.encode(text).length;
            long bytes = Files.size(file);
            return new Measured(file.toString(), bytes, tokens, (double) bytes / tokens);
        }
    }

    private static String textOf(Path file) throws IOException {
        return utf8(Files.readAllBytes(file), file.toString());
    }

    /// Text that is not what it was would be encoded without complaint, so broken UTF-8 is refused.
    private static String utf8(byte[] bytes, String from) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length); // no character takes less than a byte
        if (StandardCharsets.UTF_8.newDecoder().decode(in, text, true).isError()) {
            throw new IllegalArgumentException(from + " is not UTF-8 at byte " + in.position() + "; convert it first");
        }
        return text.flip().toString();
    }
}
