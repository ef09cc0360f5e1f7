package dev.cortado.recipe;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.Device;
import dev.cortado.text.corpus.Corpus;
import dev.cortado.text.corpus.Document;
import dev.cortado.text.corpus.HeldOut;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.ByteLevelBpeTrainer;
import dev.cortado.text.tokenizer.train.Progress;
import dev.cortado.text.tokenizer.train.Trained;
import dev.cortado.text.tokenizer.train.VocabularySpec;
import dev.cortado.train.Batches;
import dev.cortado.train.Evaluation;
import dev.cortado.train.StepReport;
import dev.cortado.train.TrainingListener;
import dev.cortado.train.TrainingLoop;
import dev.cortado.train.TrainingSettings;
import dev.cortado.train.checkpoint.CheckpointStore;
import dev.cortado.train.checkpoint.DamagedCheckpoint;
import dev.cortado.train.optim.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Carries out a [TrainRecipe]: text → tokenizer → encoded corpus → model → training → model folder, in a run folder
/// from which a stopped or killed run goes on.
public final class Pretraining {
    /// The token that stands before every document.
    public static final String SEPARATOR = "<|endoftext|>";

    /// Stands for a tokenizer's that there is not yet.
    private static final int ANY_VOCABULARY = 1 << 16;

    private final TrainRecipe recipe;
    private final RunFolder run;
    private final Listener listener;
    private boolean begun;

    /// Told what happens, in the order it happens.
    public interface Listener extends TrainingListener {
        /// A stage begins or has something to say.
        void say(String line);

        /// The run is about to train.
        void begin(ModelSpec spec, long parameters, TrainingSettings settings, long trainingTokens);
    }

    /// What a run led to.
    ///
    /// @param heldOut on all held-out text when the run is finished, else on the part that is evaluated on the
    /// way
    public record Result(
            TrainingLoop.Outcome outcome, Evaluation heldOut, ModelSpec spec, long parameters, Path model) {}

    public Pretraining(TrainRecipe recipe, RunFolder run, Listener listener) {
        this.recipe = recipe;
        this.run = run;
        this.listener = listener;
    }

    /// Runs to the horizon, or until `stop` says so; then writes the model and evaluates it on all held-out text.
    ///
    /// @param environment what `run.json` says about the machine and the program
    public Result run(Map<String, ?> environment, boolean resume, BooleanSupplier stop) throws IOException {
        try {
            return prepareAndTrain(environment, resume, stop);
        } catch (RuntimeException | IOException e) {
            if (!resume && !begun) {
                run.discard();
            }
            throw e;
        }
    }

    private Result prepareAndTrain(Map<String, ?> environment, boolean resume, BooleanSupplier stop)
            throws IOException {
        int rowLength = rowLength(ANY_VOCABULARY); // refuses early what can be no model
        HeldOut.Split split = recipe.data()
                .heldOut()
                .orElseThrow()
                .choice()
                .split(Corpus.open(recipe.data().paths()));
        Map<String, Object> about = new LinkedHashMap<>(environment);
        about.put("recipe", recipe);
        if (resume) {
            requireSameRecipe();
        } else {
            run.writeJson("run.json", about);
        }
        Device device = recipe.training().orElseThrow().place();
        Tokenizer tokenizer = tokenizer(split.training(), rowLength);
        int separator = separator(tokenizer);
        ModelSpec spec = recipe.model().spec(tokenizer.vocabSize());
        try (TokenStore training = store("train", split.training(), tokenizer, separator);
                TokenStore heldOut = store("heldout", split.heldOut(), tokenizer, separator);
                CausalLm model = decoder(spec, Params.initialised(recipe.seed().orElseThrow(), device), device)) {
            return train(training, heldOut, tokenizer, separator, model, spec, resume, stop);
        }
    }

    private Result train(
            TokenStore training,
            TokenStore heldOut,
            Tokenizer tokenizer,
            int separator,
            CausalLm model,
            ModelSpec spec,
            boolean resume,
            BooleanSupplier stop)
            throws IOException {
        TrainRecipe.Training how = recipe.training().orElseThrow();
        TrainRecipe.Optimizer optimizing = recipe.optimizer().orElseThrow();
        var schedule = recipe.schedule().orElseThrow().schedule(optimizing.peak(spec.width()));
        long parameters = model.parameters().count();
        int rowLength = recipe.model().rowLength(spec);
        TrainingSettings settings = how.settings(schedule, parameters, rowLength);
        var batches = new Batches(
                new Rows(training, rowLength), how.rows(), recipe.seed().orElseThrow());
        var heldOutRows = new Rows(heldOut, rowLength);
        var brief =
                new Evaluation.Task(heldOutRows, tokenizer, how.evaluateRows().orElse(256L), how.rows());
        var whole = new Evaluation.Task(heldOutRows, tokenizer, Long.MAX_VALUE, how.rows());
        var checkpoints = new CheckpointStore(run.checkpoints());
        try (var optimizer = new AdamW(model.parameters(), optimizing.settings())) {
            var from = resume ? checkpoints.latest() : new CheckpointStore.Latest(Optional.empty(), List.of());
            for (DamagedCheckpoint damaged : from.damaged()) {
                listener.say("damaged checkpoint passed over: " + damaged);
            }
            long done = from.intact().map(c -> c.step()).orElse(0L);
            try (var metrics = run.metrics(done)) {
                var loop = new TrainingLoop<>(
                        model,
                        how.objective(),
                        batches,
                        optimizer,
                        settings,
                        checkpoints,
                        brief,
                        new Recorder(metrics, listener));
                if (from.intact().isPresent()) {
                    loop.resume(from.intact().get());
                    listener.say("resumed after step " + done);
                } else if (resume) {
                    listener.say("no intact checkpoint: starting again");
                }
                begun = true;
                listener.begin(spec, parameters, settings, training.tokens());
                TrainingLoop.Outcome outcome = loop.run(stop);
                Evaluation all =
                        outcome.finished() ? whole.of(model, how.objective(), loop.pass()) : outcome.evaluation();
                ModelFolder.write(model, new TextEnds(OptionalInt.of(separator), List.of(separator)), run.model());
                var result = new Result(outcome, all, spec, parameters, run.model());
                new RunReport(run).write(result);
                return result;
            }
        }
    }

    private int rowLength(int vocabSize) throws IOException {
        return recipe.model().rowLength(recipe.model().spec(vocabSize));
    }

    private static CausalLm decoder(ModelSpec spec, Params params, Device device) {
        return switch (spec.build(params, device)) {
            case CausalLm decoder -> decoder;
            case Model other -> {
                other.close();
                throw new IllegalArgumentException(
                        "model.config describes a " + spec.architecture() + ", which is no decoder");
            }
        };
    }

    private static int separator(Tokenizer tokenizer) {
        Integer id = tokenizer.specials().ids().get(SEPARATOR);
        if (id == null) {
            throw new IllegalArgumentException(
                    "the recipe's tokenizer.path names a tokenizer without the special token "
                            + SEPARATOR + ", which stands between documents; it has "
                            + tokenizer.specials().ids().keySet() + ": take another, or leave it out to train one");
        }
        return id;
    }

    private Tokenizer tokenizer(Corpus corpus, int contextLength) throws IOException {
        TrainRecipe.TokenizerPart part = recipe.tokenizer().orElseThrow();
        if (Files.exists(
                run.model().resolve("tokenizer_config.json"))) { // the last file that a tokenizer is written to
            return Tokenizers.read(run.model());
        }
        if (part.path().isPresent()) {
            PipelineTokenizer given = Tokenizers.read(Path.of(part.path().get()));
            separator(given);
            return written(
                    given.withRoles(Optional.of(SEPARATOR), Optional.of(SEPARATOR), Optional.empty()), contextLength);
        }
        int size = part.vocabSize().orElse(TrainRecipe.TokenizerPart.VOCABULARY);
        long begin = System.nanoTime();
        var trainer = ByteLevelBpeTrainer.of(VocabularySpec.of(size)
                .withMinFrequency(part.minFrequency().orElse(2L))
                .withSpecials(SEPARATOR));
        Trained learned;
        try (Stream<Document> documents = corpus.documents()) {
            learned = trainer.train(
                    documents.map(Document::text).iterator(),
                    Runtime.getRuntime().availableProcessors(),
                    Progress.SILENT);
        }
        PipelineTokenizer tokenizer = learned.tokenizer();
        Specials roles =
                tokenizer.specials().withBos(SEPARATOR).withEos(SEPARATOR).withPad(SEPARATOR);
        tokenizer = written(tokenizer.withSpecials(roles), contextLength);
        listener.say("tokenizer: byte-level BPE, %,d ids from %,d words (%,d different), %.1f s%s"
                .formatted(
                        tokenizer.vocabSize(),
                        learned.statistics().words(),
                        learned.statistics().distinctWords(),
                        (System.nanoTime() - begin) / 1e9,
                        learned.complete() ? "" : "; the text is too small for " + size));
        return tokenizer;
    }

    /// Every text that the model sees begins with the separator: so the tokenizer tells whoever uses the model.
    private PipelineTokenizer written(PipelineTokenizer tokenizer, int contextLength) throws IOException {
        PipelineTokenizer begins = tokenizer.beginningWithBos();
        Tokenizers.write(begins, OptionalLong.of(contextLength), run.model());
        return begins;
    }

    private TokenStore store(String name, Corpus corpus, Tokenizer tokenizer, int separator) throws IOException {
        Path file = run.data().resolve(name + ".tokens");
        Files.createDirectories(run.data());
        if (!Files.exists(file)) {
            try (Stream<Document> documents = corpus.documents()) {
                TokenStore.write(file, documents, tokenizer, separator, (_, _, _) -> {});
            }
        }
        TokenStore store = TokenStore.open(file);
        listener.say("%s text: %,d documents, %,d bytes, %,d tokens (%.2f bytes a token)"
                .formatted(
                        name,
                        store.documents(),
                        store.textBytes(),
                        store.tokens(),
                        (double) store.textBytes() / store.tokens()));
        return store;
    }

    private void requireSameRecipe() throws IOException {
        var before = run.readJson("run.json").path("recipe");
        var json = new JsonMapper();
        var now = json.readTree(json.writeValueAsString(recipe)); // a tree of text has no long beside int
        if (!before.equals(now)) {
            throw new IllegalArgumentException(run.path() + " was begun with another recipe (see its run.json); "
                    + "resume with that one, or begin a new run with --out");
        }
    }

    /// Writes metrics, then passes on.
    private record Recorder(RunFolder.Metrics metrics, Listener next) implements TrainingListener {
        @Override
        public void stepped(StepReport report) {
            write(report);
            next.stepped(report);
        }

        @Override
        public void evaluated(long step, Evaluation evaluation) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("step", step);
            line.put("heldOutLoss", evaluation.loss());
            line.put("heldOutPerplexity", evaluation.perplexity());
            line.put("heldOutBitsPerByte", evaluation.bitsPerByte());
            write(line);
            next.evaluated(step, evaluation);
        }

        @Override
        public void saved(long step, Path folder) {
            next.saved(step, folder);
        }

        private void write(Object line) {
            try {
                metrics.add(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
