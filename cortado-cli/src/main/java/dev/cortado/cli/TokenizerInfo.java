package dev.cortado.cli;

import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cortado tokenizer info`: what a tokenizer is.
@Command(
        name = "info",
        description = {
            "Say what a tokenizer is and does, and how many bytes one of its tokens stands for in a text. A word is"
                    + " whatever stands between white space.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado tokenizer info --tokenizer runs/tour/model --file shakespeare.txt",
            "  cortado tokenizer info --tokenizer llama.gguf --text \"Unhappiness\" --json"
        })
final class TokenizerInfo implements Callable<Integer> {
    private final Output output;

    @Mixin
    private TokenizerCommand.Given given = new TokenizerCommand.Given();

    @ArgGroup
    private Source source = new Source();

    TokenizerInfo(Output output) {
        this.output = output;
    }

    /// One of the two, or neither.
    static final class Source {
        @Option(names = "--file", paramLabel = "FILE", description = "A file to measure with.")
        private @Nullable Path file;

        @Option(names = "--text", description = "A text to measure with.")
        private @Nullable String text;
    }

    /// What `--json` prints.
    ///
    /// @param vocabSize one more than the largest id
    /// @param specials  the ids of the special tokens
    record Described(
            String kind,
            int vocabSize,
            Map<String, Integer> specials,
            OptionalInt bos,
            OptionalInt eos,
            OptionalInt pad,
            TokenizerDescription pipeline,
            Optional<Measured> measured) {
        String text() {
            String roles = Stream.of(role("bos", bos), role("eos", eos), role("pad", pad))
                    .flatMap(Optional::stream)
                    .collect(Collectors.joining(", "));
            return "%s, %,d ids%nspecial tokens: %s%n%s%s%s"
                    .formatted(
                            kind,
                            vocabSize,
                            specials.isEmpty() ? "none" : some(specials),
                            roles.isEmpty() ? "" : "%-15s %s%n".formatted("roles:", roles),
                            pipeline.text(),
                            measured.map(Measured::text).orElse(""));
        }

        private static String some(Map<String, Integer> specials) {
            int most = 12;
            String shown = specials.entrySet().stream()
                    .limit(most)
                    .map(special -> special.getKey() + " = " + special.getValue())
                    .collect(Collectors.joining(", "));
            return shown + (specials.size() > most ? " … (%,d in all)".formatted(specials.size()) : "");
        }

        private static Optional<String> role(String name, OptionalInt id) {
            return id.isPresent() ? Optional.of(name + " = " + id.getAsInt()) : Optional.empty();
        }
    }

    /// A text and the tokens it takes.
    ///
    /// @param file          absent when the text was given
    /// @param words         what stands between white space
    /// @param tokensPerWord absent when there is no word
    record Measured(
            Optional<String> file,
            long bytes,
            long words,
            long tokens,
            double bytesPerToken,
            Optional<Double> tokensPerWord) {
        String text() {
            return "%n%s: %,d bytes, %,d words, %,d tokens, %.3f bytes a token%s"
                    .formatted(
                            file.orElse("the text"),
                            bytes,
                            words,
                            tokens,
                            bytesPerToken,
                            tokensPerWord.map(", %.3f tokens a word"::formatted).orElse(""));
        }
    }

    @Override
    public Integer call() throws IOException {
        PipelineTokenizer tokenizer = given.read();
        Optional<Measured> measured = Optional.empty();
        if (source.file != null) {
            try (var lines = TokenizerLines.of(source.file)) {
                measured = Optional.of(measure(
                        tokenizer, Optional.of(source.file.toString()), Files.size(source.file), lines.whole()));
            }
        } else if (source.text != null) {
            long bytes = source.text.getBytes(StandardCharsets.UTF_8).length;
            measured = Optional.of(measure(tokenizer, Optional.empty(), bytes, new StringReader(source.text)));
        }
        var report = new Described(
                TokenizerDescription.kind(tokenizer.pipeline()),
                tokenizer.vocabSize(),
                tokenizer.specials().ids(),
                tokenizer.specials().bos(),
                tokenizer.specials().eos(),
                tokenizer.specials().pad(),
                TokenizerDescription.of(tokenizer.pipeline()),
                measured);
        output.result(report, report.text());
        return 0;
    }

    private static Measured measure(PipelineTokenizer tokenizer, Optional<String> file, long bytes, Reader text)
            throws IOException {
        if (bytes == 0) {
            throw new IllegalArgumentException(file.orElse("the text") + " is empty: there is nothing to measure");
        }
        var counter = new WordCounter(text);
        var tokens = new AtomicLong();
        TokenizerEncoder.ids(tokenizer, counter, SpecialText.NEVER, _ -> tokens.incrementAndGet());
        return new Measured(
                file,
                bytes,
                counter.words,
                tokens.get(),
                tokens.get() == 0 ? 0 : (double) bytes / tokens.get(),
                counter.words == 0 ? Optional.empty() : Optional.of((double) tokens.get() / counter.words));
    }

    /// Counts the words that pass by.
    private static final class WordCounter extends FilterReader {
        private long words;
        private boolean inside;

        WordCounter(Reader in) {
            super(in);
        }

        @Override
        public int read(char[] into, int from, int most) throws IOException {
            int count = super.read(into, from, most);
            for (int i = from; i < from + count; i++) {
                boolean space = Character.isWhitespace(into[i]) || Character.isSpaceChar(into[i]);
                words += !space && !inside ? 1 : 0;
                inside = !space;
            }
            return count;
        }
    }
}
