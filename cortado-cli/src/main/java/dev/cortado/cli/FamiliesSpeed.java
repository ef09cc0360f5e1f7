package dev.cortado.cli;

import dev.cortado.bench.FamiliesBench;
import dev.cortado.tensor.Device;
import dev.cortado.text.corpus.Document;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import dev.cortado.world.Split;
import dev.cortado.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `cortado bench families`.
@Command(
        name = "families",
        description = {
            "Train every family of transformers on the embedded world's text (1 to 2 million parameters, 8 rows of 128"
                    + " tokens a step), and beside it the same model computed by LibTorch's own operations: their"
                    + " losses must agree. Takes minutes a family.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado bench families --json",
            "  cortado bench families --steps 50 --family llama --family bert --family t5"
        })
final class FamiliesSpeed implements Callable<Integer> {
    private static final String SEPARATOR = "<|endoftext|>";
    private static final String PADDING = "<|pad|>";
    private static final String MASK = "<|mask|>";
    private static final int VOCABULARY = 1024;
    private static final int CONTEXT = 128;
    private static final long CHARACTERS = 1_500_000;

    private final Output output;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    @Option(
            names = "--steps",
            defaultValue = "200",
            paramLabel = "N",
            description = "Steps of each (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--family",
            paramLabel = "NAME",
            description = "Only this one, such as llama; may be given several times (default: all).")
    private List<String> families = List.of();

    FamiliesSpeed(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var settings = FamiliesBench.Settings.usual(steps);
        List<String> names = families.isEmpty() ? FamiliesBench.names() : families;
        FamiliesBench.requireKnown(names);
        List<Document> documents = documents();
        PipelineTokenizer tokenizer = ByteLevelBpeTrainer.of(
                        VocabularySpec.of(VOCABULARY).withSpecials(SEPARATOR, PADDING, MASK))
                .train(documents.stream().map(Document::text))
                .tokenizer();
        int separator = tokenizer.specials().require(SEPARATOR);
        Path file = Files.createTempFile("cortado", ".tokens");
        try {
            TokenStore.write(file, documents.stream(), tokenizer, separator, (_, _, _) -> {});
            try (TokenStore store = TokenStore.open(file)) {
                var text = new FamiliesBench.Text(
                        new Rows(store, CONTEXT),
                        tokenizer.vocabSize(),
                        separator,
                        tokenizer.specials().require(MASK));
                FamiliesBench.Report report =
                        FamiliesBench.run(Device.parse(device), text, settings, names, output::note);
                output.result(report, report.table());
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return 0;
    }

    /// The first of the embedded world.
    private static List<Document> documents() {
        List<Document> documents = new ArrayList<>();
        Iterator<String> texts = World.of(1)
                .documents(Split.TRAIN)
                .map(document -> document.text())
                .iterator();
        long characters = 0;
        while (characters < CHARACTERS) {
            String text = texts.next();
            documents.add(new Document("world " + documents.size(), text));
            characters += text.length();
        }
        return documents;
    }
}
