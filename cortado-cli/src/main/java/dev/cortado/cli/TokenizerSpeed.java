package dev.cortado.cli;

import dev.cortado.bench.TokenizerBench;
import dev.cortado.bench.TokenizerBench.Sample;
import dev.cortado.world.Split;
import dev.cortado.world.World;
import dev.cortado.world.WorldDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `cortado bench tokenizer`.
@Command(
        name = "tokenizer",
        description = {
            "Encoding in megabytes a second beside Hugging Face's library and jtokkit, long unbroken texts, and"
                    + " learning a byte-level BPE of 32,000 tokens. Takes minutes.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado bench tokenizer",
            "  cortado bench tokenizer --file shakespeare.txt --train-megabytes 0 --repetitions 3 --json"
        })
final class TokenizerSpeed implements Callable<Integer> {
    private static final double SAMPLE_MEGABYTES = 1;
    private static final int LONGEST_LINE = 1 << 24;

    private final Output output;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "A text whose lines are encoded; may be given several times (default: 1 MB of the embedded"
                    + " world).")
    private List<Path> files = List.of();

    @Option(
            names = "--repetitions",
            defaultValue = "5",
            paramLabel = "N",
            description = "The median of so many (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(
            names = "--train-megabytes",
            defaultValue = "50",
            paramLabel = "N",
            description = "World text to learn from; 0 leaves learning out (default: ${DEFAULT-VALUE}).")
    private double trainMegabytes;

    TokenizerSpeed(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (repetitions < 1) {
            throw new IllegalArgumentException("repetitions " + repetitions + " must be at least 1");
        }
        if (!(trainMegabytes >= 0)) {
            throw new IllegalArgumentException("--train-megabytes " + trainMegabytes + " must be 0 or more");
        }
        TokenizerBench.Report report = TokenizerBench.run(samples(), trainingText(), repetitions, output::note);
        output.result(report, text(report));
        return 0;
    }

    private Optional<Supplier<Iterator<String>>> trainingText() {
        return trainMegabytes == 0 ? Optional.empty() : Optional.of(() -> new WorldTexts(trainMegabytes));
    }

    private List<Sample> samples() throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = new ArrayList<>();
            try (var source = TokenizerLines.of(file)) {
                while (source.next()) {
                    lines.add(source.line(LONGEST_LINE, "measure with shorter lines"));
                }
            }
            if (lines.isEmpty()) {
                throw new IllegalArgumentException(file + " is empty: there is nothing to measure");
            }
            samples.add(new Sample(String.valueOf(file.getFileName()), lines));
        }
        if (samples.isEmpty()) {
            List<String> lines = new ArrayList<>();
            new WorldTexts(SAMPLE_MEGABYTES)
                    .forEachRemaining(text -> text.lines().forEach(lines::add));
            samples.add(new Sample("world", lines));
        }
        return samples;
    }

    /// Documents of the embedded world until they have so many megabytes.
    private static final class WorldTexts implements Iterator<String> {
        private final Iterator<WorldDocument> documents =
                World.of(1).documents(Split.TRAIN).iterator();
        private double charactersLeft; // the world is told in ASCII but for a name now and then

        WorldTexts(double megabytes) {
            charactersLeft = megabytes * 1e6;
        }

        @Override
        public boolean hasNext() {
            return charactersLeft > 0;
        }

        @Override
        public String next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            String text = documents.next().text();
            charactersLeft -= text.length();
            return text;
        }
    }

    static String text(TokenizerBench.Report report) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "encoding, MB/s   text             threads    warm    cold  HF line HF batch jtokkit  x HF  x jt  ids");
        for (TokenizerBench.Speed row : report.speeds()) {
            lines.add("%-16s %-16s %7d %7.1f %7.1f %8.1f %8s %7s %5.1f %5s  %s"
                    .formatted(
                            row.tokenizer(),
                            row.text(),
                            row.threads(),
                            row.ours(),
                            row.oursCold(),
                            row.huggingFace(),
                            number(row.huggingFaceBatch()),
                            number(row.jtokkit()),
                            row.timesHuggingFace(),
                            number(row.timesJtokkit()),
                            row.equalIds() ? "equal" : "DIFFERENT"));
        }
        lines.add("");
        lines.add("unbroken text    of                         characters  seconds");
        for (TokenizerBench.Growth row : report.growth()) {
            lines.add(
                    "%-16s %-24s %,12d %8.4f".formatted(row.tokenizer(), row.text(), row.characters(), row.seconds()));
        }
        report.training().ifPresent(training -> {
            lines.add("");
            lines.add("learning %,d tokens from %,d bytes with %d threads: %.1f s, %s"
                    .formatted(
                            training.vocabSize(),
                            training.textBytes(),
                            training.threads(),
                            training.seconds(),
                            training.peakBytes().isPresent()
                                    ? "at most %,d MB of memory"
                                            .formatted(training.peakBytes().getAsLong() / 1_000_000)
                                    : "memory unknown on this system"));
        });
        return String.join(System.lineSeparator(), lines);
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? "%.1f".formatted(value.getAsDouble()) : "–";
    }
}
