package dev.cortado.cli;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.PipelineJson;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cortado tokenizer convert`: any format to `tokenizer.json`.
@Command(
        name = "convert",
        description = {
            "Write a tokenizer of any format as tokenizer.json. What was written is read again and must give the ids"
                    + " of the original for built-in texts, and for the lines of --check; differences are reported.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado tokenizer convert --tokenizer llama2/tokenizer.model --out llama2-json",
            "  cortado tokenizer convert --tokenizer cl100k_base.tiktoken --out cl100k.json --check book.txt --json"
        })
final class TokenizerConvert implements Callable<Integer> {
    private static final int LONGEST_LINE = 1 << 24;
    private static final int SHOWN = 10;

    /// Texts on which conversions go wrong: spaces, digits, scripts, look-alikes, controls, spelled special tokens.
    private static final List<String> SAMPLES = List.of(
            "",
            " ",
            "The quick brown fox jumps over the lazy dog.",
            " two  spaces   and trailing ",
            "tabs\tand\nlines\r\nand\n\nmore",
            "1 22 333 4444 55555 3.14159 1,000,000 ²½ ٣٤٥",
            "don't I'LL they've O’Neill",
            "größer Straße İstanbul naïve cafe\u0301 Å Å ﬁ",
            "Привет, мир! Γειά σου. 你好，世界。こんにちは カタカナ 안녕하세요 สวัสดี नमस्ते שלום مرحبا",
            "ＦＵＬＬｗｉｄｔｈ ｶﾅ ① ℃ ™ … — “quotes”",
            "👋🏽 👩‍👩‍👧 🇩🇪 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
            "zero\u200Bwidth\u00A0space\u00ADhyphen\uFEFFmark\u0000nul",
            "▁ looks like ▁a space, Ġ too, ##so does this</w>",
            "<s> </s> <unk> [CLS] [SEP] [MASK] <|endoftext|> <0x41>",
            "def f(x):\n    return {'a': x ** 2}  # $1.50 @me https://example.org/a_b?c=d&e",
            "Unhappiness is the unhappiest of unhappy feelings.");

    private final Output output;

    @Mixin
    private TokenizerCommand.Given given = new TokenizerCommand.Given();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR|FILE",
            description = "A folder for tokenizer.json and tokenizer_config.json, or a .json file for the first, which"
                    + " does not say which special tokens begin, end and fill.")
    private Path out = Path.of("");

    @Option(names = "--check", paramLabel = "FILE", description = "A file whose lines are compared too.")
    private Optional<Path> check = Optional.empty();

    @Option(names = "--force", description = "Replace a tokenizer that is there.")
    private boolean force;

    TokenizerConvert(Output output) {
        this.output = output;
    }

    /// What `--json` prints.
    ///
    /// @param texts     how many texts were compared
    /// @param different how many of them got other ids
    /// @param examples  the first of those
    record Report(
            String tokenizer,
            String from,
            String kind,
            int vocabSize,
            boolean equal,
            long texts,
            long different,
            List<Difference> examples) {
        String text() {
            var text = new StringBuilder("%s: %s, %,d ids, from %s%n".formatted(tokenizer, kind, vocabSize, from));
            text.append(
                    equal
                            ? "the same ids for all %,d texts compared".formatted(texts)
                            : "OTHER ids for %,d of %,d texts compared".formatted(different, texts));
            for (Difference example : examples) {
                text.append("%n  %s%n    was %s%n    is  %s"
                        .formatted(Output.asJson(example.text()), shown(example.before()), shown(example.after())));
            }
            return text.toString();
        }

        private static String shown(Optional<int[]> ids) {
            return ids.map(Arrays::toString).orElse("refused");
        }
    }

    /// A text that the two do not agree on.
    ///
    /// @param before absent where the tokenizer refuses the text
    record Difference(String text, Optional<int[]> before, Optional<int[]> after) {}

    @Override
    public Integer call() throws IOException {
        boolean one = out.toString().endsWith(".json");
        Path file = one ? out : out.resolve(PipelineJson.FILE_NAME);
        if (Files.exists(file) && !force) {
            throw new FileAlreadyExistsException(file.toString());
        }
        PipelineTokenizer before = given.read();
        if (check.isPresent() && !Files.exists(check.get())) {
            throw new NoSuchFileException(check.get().toString()); // before anything is written
        }
        if (one) {
            PipelineJson.write(before.pipeline(), file);
        } else {
            Tokenizers.write(before, OptionalLong.empty(), out);
        }
        var comparison = new Comparison(before, Tokenizers.read(file));
        SAMPLES.forEach(comparison::add);
        if (check.isPresent()) {
            try (var lines = TokenizerLines.of(check.get())) {
                while (lines.next()) {
                    comparison.add(lines.line(LONGEST_LINE, "check with a file of shorter lines"));
                }
            }
        }
        var report = new Report(
                out.toString(),
                given.path().toString(),
                TokenizerDescription.kind(before.pipeline()),
                before.vocabSize(),
                comparison.different == 0,
                comparison.texts,
                comparison.different,
                comparison.examples);
        output.result(report, report.text());
        return 0;
    }

    /// Counts the texts that two tokenizers do not agree on, trusted or not, with special tokens around them or not.
    private static final class Comparison {
        private final PipelineTokenizer before;
        private final PipelineTokenizer after;
        private final List<Difference> examples = new ArrayList<>();
        private long texts;
        private long different;

        Comparison(PipelineTokenizer before, PipelineTokenizer after) {
            this.before = before;
            this.after = after;
        }

        void add(String text) {
            texts++;
            Optional<Difference> found =
                    difference(text, SpecialText.NEVER, false).or(() -> difference(text, SpecialText.ALWAYS, true));
            if (found.isPresent()) {
                different++;
                if (examples.size() < SHOWN) {
                    examples.add(found.get());
                }
            }
        }

        private Optional<Difference> difference(String text, SpecialText special, boolean addSpecial) {
            Optional<int[]> was = ids(before, text, special, addSpecial);
            Optional<int[]> is = ids(after, text, special, addSpecial);
            boolean equal =
                    was.isPresent() == is.isPresent() && Arrays.equals(was.orElse(new int[0]), is.orElse(new int[0]));
            return equal ? Optional.empty() : Optional.of(new Difference(text, was, is));
        }

        /// Nothing where the text is refused, as by models without an unknown token.
        private static Optional<int[]> ids(
                PipelineTokenizer tokenizer, String text, SpecialText special, boolean addSpecial) {
            try {
                return Optional.of(tokenizer.encode(text, special, addSpecial));
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }
    }
}
