package dev.cortado.cli;

import dev.cortado.text.corpus.Corpus;
import dev.cortado.text.corpus.Document;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import dev.cortado.world.Split;
import dev.cortado.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `cortado tokenizer compare`: how several tokenizers cut the same text.
@Command(
        name = "compare",
        description = {
            "Show side by side how tokenizers cut a text. Without --tokenizer, five kinds are learned on the spot from"
                    + " the same text: words, characters, byte-level BPE, WordPiece and Unigram.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado tokenizer compare",
            "  cortado tokenizer compare --text \"Unhappiness\" --vocab-size 600 --train-on shakespeare.txt",
            "  cortado tokenizer compare --tokenizer gpt2 --tokenizer bert/vocab.txt --text \"Größer als 3.14?\" --json"
        })
final class TokenizerCompare implements Callable<Integer> {
    private static final int WORLD_DOCUMENTS = 400;
    private static final int MORE_WORDS = 60;

    /// Words with many relatives, which the world's simple English has few of: un-kind-ness, luck-i-est.
    private static final List<String> STEMS = List.of(
            "kind", "fair", "clear", "lucky", "tidy", "steady", "holy", "friendly", "worthy", "ready", "feeling");

    private final Output output;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE|DIR",
            description = "A tokenizer of any format; may be given several times.")
    private List<Path> tokenizers = List.of();

    @Option(
            names = "--text",
            defaultValue = "Unhappiness is the unhappiest of unhappy feelings.",
            description = "The text (default: ${DEFAULT-VALUE}).")
    private String text = "";

    @Option(
            names = "--train-on",
            paramLabel = "FILE",
            description = "Text to learn from: .txt, .jsonl, or a folder of them; may be given several times (default:"
                    + " some of the embedded world, and words with prefixes and suffixes).")
    private List<Path> trainOn = List.of();

    @Option(names = "--vocab-size", paramLabel = "N", description = "Ids of those that are learned (default: 1000).")
    private Optional<Integer> vocabSize = Optional.empty();

    @Option(
            names = "--color",
            defaultValue = "auto",
            paramLabel = "always|never|auto",
            description = "Tokens on coloured ground instead of with | between them (default: on a terminal, unless"
                    + " NO_COLOR is set).")
    private TokenizerSplit.Color color = TokenizerSplit.Color.AUTO;

    TokenizerCompare(Output output) {
        this.output = output;
    }

    /// What `--json` prints.
    record Comparison(String text, List<Row> tokenizers) {}

    /// One of the tokenizers.
    ///
    /// @param name   the file, or how it was learned
    /// @param tokens as the vocabulary spells them
    record Row(String name, String kind, int vocabSize, int count, List<Integer> ids, List<String> tokens) {}

    private record Named(String name, PipelineTokenizer tokenizer) {}

    @Override
    public Integer call() throws IOException {
        if (!tokenizers.isEmpty() && (vocabSize.isPresent() || !trainOn.isEmpty())) {
            throw new IllegalArgumentException((trainOn.isEmpty() ? "--vocab-size" : "--train-on")
                    + " is for tokenizers that are learned on the" + " spot: leave it or --tokenizer out");
        }
        List<Named> all = tokenizers.isEmpty() ? learned() : read();
        List<Row> rows = new ArrayList<>();
        List<TokenizerSplit> splits = new ArrayList<>();
        for (Named named : all) {
            PipelineTokenizer tokenizer = TokenizerEncoder.unbounded(named.tokenizer());
            var encoded = TokenizerEncoder.Encoded.of(tokenizer, text, SpecialText.NEVER, false);
            rows.add(new Row(
                    named.name(),
                    TokenizerDescription.kind(tokenizer.pipeline()),
                    tokenizer.vocabSize(),
                    encoded.ids().size(),
                    encoded.ids(),
                    encoded.tokens()));
            splits.add(TokenizerSplit.of(tokenizer, named.name(), encoded));
        }
        output.result(new Comparison(text, rows), TokenizerSplit.table(splits, color.wanted(!output.json())));
        return 0;
    }

    private List<Named> read() throws IOException {
        List<Named> all = new ArrayList<>();
        for (Path path : tokenizers) {
            all.add(new Named(path.toString(), Tokenizers.read(path)));
        }
        return all;
    }

    /// Five kinds with vocabularies of the same size, as far as they find so many tokens.
    private List<Named> learned() throws IOException {
        List<String> texts = texts();
        int size = vocabSize.orElse(1000);
        VocabularySpec.of(size); // refuses a size that is none, in words that fit all
        List<Named> all = new ArrayList<>();
        for (TokenizerKind kind : List.of(
                TokenizerKind.WORD,
                TokenizerKind.CHAR,
                TokenizerKind.BPE,
                TokenizerKind.WORDPIECE,
                TokenizerKind.UNIGRAM)) {
            PipelineTokenizer tokenizer = kind.trainer(TokenizerChoices.ofSize(size), kind.ownSpecials())
                    .train(texts.stream())
                    .tokenizer();
            all.add(new Named(kind.toString(), tokenizer));
        }
        return all;
    }

    private List<String> texts() throws IOException {
        if (!trainOn.isEmpty()) {
            try (Stream<Document> documents = Corpus.open(trainOn).documents()) {
                return documents.map(Document::text).toList();
            }
        }
        Stream<String> world =
                World.of(1).documents(Split.TRAIN).limit(WORLD_DOCUMENTS).map(document -> document.text());
        return Stream.of(world, Collections.nCopies(MORE_WORDS, relatives()).stream(), Stream.of(spacedOut(text)))
                .flatMap(texts -> texts)
                .toList();
    }

    /// Its characters are to be known, not its words.
    private static String spacedOut(String text) {
        return text.codePoints().mapToObj(Character::toString).collect(Collectors.joining(" "));
    }

    private static String relatives() {
        List<String> words = new ArrayList<>(List.of("happy", "happily", "happiness", "happiest"));
        for (String stem : STEMS) {
            String joint = stem.endsWith("y") ? stem.substring(0, stem.length() - 1) + "i" : stem;
            Stream.of(stem, joint + "ness", joint + "est", stem + "s").forEach(word -> {
                words.add(word);
                words.add("un" + word);
                words.add("Un" + word);
            });
        }
        return String.join(" ", words);
    }
}
