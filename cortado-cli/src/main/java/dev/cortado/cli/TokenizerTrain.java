package dev.cortado.cli;

import dev.cortado.recipe.Pretraining;
import dev.cortado.text.corpus.Corpus;
import dev.cortado.text.corpus.Document;
import dev.cortado.text.tokenizer.format.PipelineJson;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.Trained;
import dev.cortado.text.tokenizer.train.Trainer;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cortado tokenizer train`: learns a vocabulary from text.
@Command(
        name = "train",
        description = {
            "Learn a tokenizer from text. Nothing is written before it is complete.",
            "",
            "  bpe        merged bytes, as GPT-2's (default)",
            "  byte       bytes; learns nothing, takes no files",
            "  char       characters",
            "  word       whole words, the others unknown",
            "  bpe-char   merged characters, </w> ends a word, as subword-nmt's",
            "  bpe-sp     merged characters, SentencePiece's BPE, as Llama 2's",
            "  wordpiece  longest matches, ## goes on with a word, as BERT's",
            "  unigram    probable pieces, as T5's",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado tokenizer train --out tokenizer --vocab-size 4096 shakespeare.txt",
            "  cortado tokenizer train --out t.json --vocab-size 32000 --special \"<|user|>\" --special"
                    + " \"<|end|>\" texts",
            "  cortado tokenizer train --kind bpe --pattern llama3 --reserved 16 --out t --vocab-size 50000 texts",
            "  cortado tokenizer train --kind unigram --byte-fallback --out u --vocab-size 8000 texts",
            "  cortado tokenizer train --kind byte --out bytes"
        })
final class TokenizerTrain implements Callable<Integer> {
    private final Output output;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR|FILE",
            description = "A folder for tokenizer.json and tokenizer_config.json, or a .json file for the first.")
    private Path out = Path.of("");

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "One of the above (default: bpe).",
            converter = KindName.class)
    private TokenizerKind kind = TokenizerKind.BPE;

    @Mixin
    private TokenizerChoices choices = new TokenizerChoices();

    @Option(
            names = "--special",
            paramLabel = "TOKEN",
            description = "A token outside of text; may be given several times (default: " + Pretraining.SEPARATOR
                    + "). Kinds that need some of their own, such as <unk>, have those before.")
    private List<String> specials = List.of(Pretraining.SEPARATOR);

    @Option(names = "--threads", paramLabel = "N", description = "Threads that work (default: as many as processors).")
    private Optional<Integer> threads = Optional.empty();

    @Option(names = "--force", description = "Replace a tokenizer that is there.")
    private boolean force;

    @Parameters(arity = "0..*", paramLabel = "FILES", description = "Text: .txt, .jsonl, or folders of them.")
    private List<Path> files = List.of();

    TokenizerTrain(Output output) {
        this.output = output;
    }

    /// The names of kinds as the command line has them.
    static final class KindName implements picocli.CommandLine.ITypeConverter<TokenizerKind> {
        @Override
        public TokenizerKind convert(String name) {
            return Stream.of(TokenizerKind.values())
                    .filter(kind -> kind.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is no kind of tokenizer: use "
                            + String.join(
                                    ", ",
                                    Stream.of(TokenizerKind.values())
                                            .map(TokenizerKind::toString)
                                            .toList())));
        }
    }

    /// What `--json` prints.
    ///
    /// @param complete          whether the vocabulary has the size that was asked for
    /// @param texts             documents read
    /// @param characters        UTF-16 units in them
    /// @param alphabet          characters, or bytes, with a token of their own
    /// @param coveredCharacters the part of the text that those are
    record Report(
            String tokenizer,
            String kind,
            int vocabSize,
            boolean complete,
            long words,
            int distinctWords,
            long texts,
            long characters,
            int alphabet,
            double coveredCharacters,
            double seconds) {
        String text() {
            if (texts == 0) {
                return "%s: %s, %,d ids".formatted(tokenizer, kind, vocabSize);
            }
            return "%s: %s, %,d ids from %,d words (%,d different) in %,d texts of %,d characters, alphabet of %,d (%.3f %%), %.1f s%s"
                    .formatted(
                            tokenizer,
                            kind,
                            vocabSize,
                            words,
                            distinctWords,
                            texts,
                            characters,
                            alphabet,
                            100 * coveredCharacters,
                            seconds,
                            complete ? "" : "; the text is too small for more");
        }
    }

    @Override
    public Integer call() throws IOException {
        long begin = System.nanoTime();
        boolean one = out.toString().endsWith(".json");
        choices.check(kind);
        int workers = threads.orElse(Runtime.getRuntime().availableProcessors());
        if (workers < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, not " + workers);
        }
        Trainer trainer = kind.trainer(choices, allSpecials());
        requireTexts();
        Path file = one ? out : out.resolve(PipelineJson.FILE_NAME);
        if (Files.exists(file) && !force) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Trained learned = learn(trainer, workers);
        PipelineTokenizer tokenizer = withRoles(learned.tokenizer());
        if (one) {
            PipelineJson.write(tokenizer.pipeline(), file);
        } else {
            Tokenizers.write(tokenizer, OptionalLong.empty(), out);
        }
        Trained.Statistics statistics = learned.statistics();
        var report = new Report(
                out.toString(),
                TokenizerDescription.kind(learned.pipeline()),
                tokenizer.vocabSize(),
                learned.complete(),
                statistics.words(),
                statistics.distinctWords(),
                statistics.texts(),
                statistics.characters(),
                statistics.alphabet(),
                statistics.coveredCharacters(),
                (System.nanoTime() - begin) / 1e9);
        output.result(report, report.text());
        return 0;
    }

    private Trained learn(Trainer trainer, int workers) throws IOException {
        if (files.isEmpty()) {
            return trainer.train(List.<String>of().iterator(), workers, (_, _, _) -> {});
        }
        try (var progress = new TokenizerProgress(output);
                Stream<Document> documents = Corpus.open(files).documents()) {
            return trainer.train(documents.map(Document::text).iterator(), workers, progress);
        }
    }

    private List<String> allSpecials() {
        List<String> all = new ArrayList<>(kind.ownSpecials());
        specials.stream().filter(name -> !kind.ownSpecials().contains(name)).forEach(all::add);
        return all;
    }

    private void requireTexts() {
        if (kind == TokenizerKind.BYTE && !files.isEmpty()) {
            throw new IllegalArgumentException("--kind byte learns nothing from text: leave the files out");
        }
        if (kind != TokenizerKind.BYTE && files.isEmpty()) {
            throw new IllegalArgumentException(
                    "name the files of text to learn from (.txt, .jsonl, or folders of them)");
        }
    }

    /// The token between documents begins, ends and fills, as in the tokenizers that training makes; BERT's has one
    /// that fills.
    private PipelineTokenizer withRoles(PipelineTokenizer tokenizer) {
        String separator = Pretraining.SEPARATOR;
        String pad = kind == TokenizerKind.WORDPIECE ? "[PAD]" : separator;
        return tokenizer.specials().ids().containsKey(separator)
                ? tokenizer.withRoles(Optional.of(separator), Optional.of(separator), Optional.of(pad))
                : tokenizer;
    }
}
