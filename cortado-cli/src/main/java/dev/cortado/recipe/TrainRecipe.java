package dev.cortado.recipe;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.text.corpus.HeldOut;
import dev.cortado.train.Horizon;
import dev.cortado.train.TrainingSettings;
import dev.cortado.train.objective.CausalObjective;
import dev.cortado.train.optim.AdamW;
import dev.cortado.train.optim.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A pre-training run, complete: the same recipe and the same data give the same model.
///
/// What is left out is derived: from `model.depth` the model's sizes and the learning rate, from the number of
/// parameters the horizon.
///
/// @param seed of weights and of the order of the data (default 1)
public record TrainRecipe(
        Optional<Long> seed,
        Data data,
        Optional<TokenizerPart> tokenizer,
        Model model,
        Optional<Training> training,
        Optional<Optimizer> optimizer,
        Optional<Rate> schedule) {
    public TrainRecipe {
        seed = seed.or(() -> Optional.of(1L));
        tokenizer = tokenizer.or(() -> Optional.of(TokenizerPart.standard()));
        training = training.or(() -> Optional.of(Training.standard()));
        optimizer = optimizer.or(() -> Optional.of(Optimizer.standard()));
        schedule = schedule.or(() -> Optional.of(Rate.standard()));
    }

    /// The text.
    ///
    /// @param path    a file or folder of .txt or .jsonl; several are joined by `,`
    /// @param heldOut what is kept from training (default: the last tenth of each text)
    public record Data(String path, Optional<Held> heldOut) {
        public Data {
            if (path.isBlank()) {
                throw new IllegalArgumentException(
                        "path is empty; name a file or folder of text: --set data.path=FILE");
            }
            heldOut = heldOut.or(() -> Optional.of(new Held(Optional.of(0.1), Optional.empty(), Optional.empty())));
        }

        /// The files and folders.
        public List<Path> paths() {
            return Stream.of(path.split(",")).map(String::strip).map(Path::of).toList();
        }
    }

    /// What is kept from training; exactly one of these.
    ///
    /// @param tail   the last part of each text, as a share
    /// @param sample a share of the documents
    /// @param path   another file or folder
    public record Held(Optional<Double> tail, Optional<Double> sample, Optional<String> path) {
        public Held {
            long given =
                    Stream.of(tail, sample, path).filter(Optional::isPresent).count();
            if (given != 1) {
                throw new IllegalArgumentException("give exactly one of tail, sample and path, not " + given);
            }
            Held.choice(tail, sample, path);
        }

        HeldOut choice() {
            return choice(tail, sample, path);
        }

        private static HeldOut choice(Optional<Double> tail, Optional<Double> sample, Optional<String> path) {
            if (tail.isPresent()) {
                return new HeldOut.Tail(tail.get());
            }
            return sample.isPresent()
                    ? new HeldOut.Sample(sample.get())
                    : new HeldOut.Separate(List.of(Path.of(path.orElseThrow())));
        }
    }

    /// The tokenizer: trained on the data, or one there is.
    ///
    /// @param path         a tokenizer.json or a folder with one
    /// @param vocabSize    ids of a new one (default 4,096)
    /// @param minFrequency rarest pair that is still merged (default 2)
    public record TokenizerPart(Optional<String> path, Optional<Integer> vocabSize, Optional<Long> minFrequency) {
        static final int VOCABULARY = 4096;

        public TokenizerPart {
            if (path.isPresent() && (vocabSize.isPresent() || minFrequency.isPresent())) {
                throw new IllegalArgumentException(
                        "path names a tokenizer that has its vocabulary; leave out the rest");
            }
        }

        static TokenizerPart standard() {
            return new TokenizerPart(Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /// The model: a Llama, of which `depth` is the dial, and what is not given follows from it; or the decoder
    /// that a `config.json` describes.
    ///
    /// @param depth         number of layers
    /// @param config        a Hugging Face config.json of any decoder; its vocab_size is replaced by the
    /// tokenizer's
    /// @param contextLength tokens seen at once (default 256, or the configuration's)
    /// @param width         default 64 · depth
    /// @param heads         default width / 64
    /// @param kvHeads       default as many as heads
    /// @param hiddenWidth   default 8/3 · width, rounded up to a multiple of 64
    /// @param tiedHead      whether the output projection is the embedding (default false)
    public record Model(
            Optional<Integer> depth,
            Optional<String> config,
            Optional<Integer> contextLength,
            Optional<Integer> width,
            Optional<Integer> heads,
            Optional<Integer> kvHeads,
            Optional<Integer> hiddenWidth,
            Optional<Boolean> tiedHead) {
        private static final int HEAD_DIM = 64;

        public Model {
            boolean sized = Stream.of(depth, width, heads, kvHeads, hiddenWidth, tiedHead)
                    .anyMatch(Optional::isPresent);
            if (config.isPresent() && sized) {
                throw new IllegalArgumentException("config names a model that has its sizes; leave out depth, width,"
                        + " heads, kvHeads, hiddenWidth and tiedHead");
            }
            if (config.isEmpty() && depth.isEmpty()) {
                throw new IllegalArgumentException("give depth, the number of layers, or config, a config.json");
            }
            contextLength.filter(length -> length < 1).ifPresent(length -> {
                throw new IllegalArgumentException("contextLength " + length + " must be at least 1");
            });
            depth.ifPresent(layers -> {
                if (layers < 1 || layers > 1000) {
                    throw new IllegalArgumentException("depth " + layers + " must be 1 to 1000");
                }
                llama(1, layers, contextLength, width, heads, kvHeads, hiddenWidth, tiedHead); // refuse early
            });
        }

        /// The model's numbers.
        ///
        /// @throws IllegalArgumentException when `config` describes no decoder, or `contextLength` is too
        /// much for it
        public ModelSpec spec(int vocabSize) throws IOException {
            if (config.isEmpty()) {
                return llama(
                        vocabSize, depth.orElseThrow(), contextLength, width, heads, kvHeads, hiddenWidth, tiedHead);
            }
            Path file = Path.of(config.get());
            ModelSpec spec = ModelFolder.spec(ConfigFile.read(file).with("vocab_size", vocabSize));
            if (!spec.architecture().matches(".*(ForCausalLM|LMHeadModel)")) {
                throw new IllegalArgumentException("model.config: " + file + " describes a " + spec.architecture()
                        + ", but recipes train decoders only; name a configuration of one, such as LlamaForCausalLM");
            }
            if (contextLength.orElse(1) > spec.contextLength()) {
                throw new IllegalArgumentException("model.contextLength " + contextLength.get() + " is more than the "
                        + spec.contextLength() + " tokens of " + file);
            }
            return spec;
        }

        /// Tokens of a row of text.
        int rowLength(ModelSpec spec) {
            return contextLength.orElse(spec.contextLength());
        }

        private static LlamaSpec llama(
                int vocabSize,
                int depth,
                Optional<Integer> contextLength,
                Optional<Integer> width,
                Optional<Integer> heads,
                Optional<Integer> kvHeads,
                Optional<Integer> hiddenWidth,
                Optional<Boolean> tiedHead) {
            int wide = width.orElse(HEAD_DIM * depth);
            int many = heads.orElse(Math.max(1, wide / HEAD_DIM));
            if (many < 1 || wide < 1 || wide % many != 0) {
                throw new IllegalArgumentException("width " + wide + " is not divisible by heads " + many);
            }
            return new LlamaSpec(
                    vocabSize,
                    contextLength.orElse(256),
                    wide,
                    depth,
                    many,
                    kvHeads.orElse(many),
                    wide / many,
                    hiddenWidth.orElse((wide * 8 / 3 + 63) / 64 * 64),
                    1e-5,
                    10_000,
                    tiedHead.orElse(false));
        }
    }

    /// How the run goes.
    ///
    /// @param steps           optimizer steps; this or minutes, else 20 tokens per parameter (Hoffmann et al.
    /// 2022)
    /// @param minutes         time in steps
    /// @param batchRows       rows of a batch (default 16)
    /// @param accumulation    batches of a step (default 1)
    /// @param clip            most the gradients' norm may be (default 1)
    /// @param precision       f32 or bf16 (default bf16)
    /// @param form            fused or library (default: the device's fastest)
    /// @param head            chunked or plain (default chunked)
    /// @param device          cpu or cuda:N (default cpu)
    /// @param evaluateEvery   steps (default 250)
    /// @param evaluateRows    rows of held-out text at most (default 256), all of it at the end
    /// @param checkpointEvery steps (default 250)
    public record Training(
            Optional<Long> steps,
            Optional<Double> minutes,
            Optional<Integer> batchRows,
            Optional<Integer> accumulation,
            Optional<Double> clip,
            Optional<DType> precision,
            Optional<ComputeForm> form,
            Optional<CausalObjective.Head> head,
            Optional<String> device,
            Optional<Long> evaluateEvery,
            Optional<Long> evaluateRows,
            Optional<Long> checkpointEvery) {
        public Training {
            if (steps.isPresent() && minutes.isPresent()) {
                throw new IllegalArgumentException("give steps or minutes, not both");
            }
            steps.ifPresent(Horizon.Steps::new);
            minutes.ifPresent(Horizon.Minutes::new);
            requirePositive("batchRows", batchRows.map(Integer::longValue));
            requirePositive("evaluateRows", evaluateRows);
            new TrainingSettings( // refuse early
                    new Horizon.Steps(1),
                    accumulation.orElse(1),
                    new Schedule(1, 0, Schedule.Decay.CONSTANT, 0),
                    clip.orElse(1.0),
                    precision.orElse(DType.BF16),
                    form.orElse(ComputeForm.LIBRARY),
                    evaluateEvery.orElse(250L),
                    checkpointEvery.orElse(250L));
            device.filter(name -> !name.matches("cpu|cuda(:\\d+)?")).ifPresent(name -> {
                throw new IllegalArgumentException("device '" + name + "': use cpu or cuda:N");
            });
        }

        private static void requirePositive(String name, Optional<Long> rows) {
            rows.filter(number -> number < 1).ifPresent(number -> {
                throw new IllegalArgumentException(name + " " + number + " must be at least 1");
            });
        }

        static Training standard() {
            return new Training(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        Device place() {
            return Device.parse(device.orElse("cpu"));
        }

        int rows() {
            return batchRows.orElse(16);
        }

        CausalObjective objective() {
            return new CausalObjective(head.orElse(CausalObjective.Head.CHUNKED));
        }

        /// @param parameters of the model
        /// @param contextLength tokens of a row
        TrainingSettings settings(Schedule schedule, long parameters, int contextLength) {
            long tokensPerStep = (long) rows() * accumulation.orElse(1) * contextLength;
            Horizon horizon = minutes.<Horizon>map(Horizon.Minutes::new)
                    .orElseGet(() -> new Horizon.Steps(
                            steps.orElse(Math.max(1, TOKENS_PER_PARAMETER * parameters / tokensPerStep))));
            return new TrainingSettings(
                    horizon,
                    accumulation.orElse(1),
                    schedule,
                    clip.orElse(1.0),
                    precision.orElse(DType.BF16),
                    form.orElse(ComputeForm.fastest(place())),
                    evaluateEvery.orElse(250L),
                    checkpointEvery.orElse(250L));
        }

        private static final long TOKENS_PER_PARAMETER = 20;
    }

    /// AdamW.
    ///
    /// @param lr          highest learning rate (default 0.003 · √(256/width))
    /// @param beta1       default 0.9
    /// @param beta2       default 0.95
    /// @param epsilon     default 1e-8
    /// @param weightDecay of matrices (default 0.1)
    public record Optimizer(
            Optional<Double> lr,
            Optional<Double> beta1,
            Optional<Double> beta2,
            Optional<Double> epsilon,
            Optional<Double> weightDecay) {
        public Optimizer {
            settings(beta1, beta2, epsilon, weightDecay);
            lr.ifPresent(rate -> new Schedule(rate, 0, Schedule.Decay.CONSTANT, 0));
        }

        static Optimizer standard() {
            return new Optimizer(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        double peak(int width) {
            return lr.orElse(0.003 * Math.sqrt(256.0 / width));
        }

        AdamW.Settings settings() {
            return settings(beta1, beta2, epsilon, weightDecay);
        }

        private static AdamW.Settings settings(
                Optional<Double> beta1,
                Optional<Double> beta2,
                Optional<Double> epsilon,
                Optional<Double> weightDecay) {
            return new AdamW.Settings(
                    beta1.orElse(0.9), beta2.orElse(0.95), epsilon.orElse(1e-8), weightDecay.orElse(0.1));
        }
    }

    /// The learning rate over the run.
    ///
    /// @param warmup share of the run (default 0.02)
    /// @param decay  cosine, linear or constant (default cosine)
    /// @param floor  share of the peak at the end (default 0.05)
    public record Rate(Optional<Double> warmup, Optional<Schedule.Decay> decay, Optional<Double> floor) {
        public Rate {
            schedule(1, warmup, decay, floor);
        }

        static Rate standard() {
            return new Rate(Optional.empty(), Optional.empty(), Optional.empty());
        }

        Schedule schedule(double peak) {
            return schedule(peak, warmup, decay, floor);
        }

        private static Schedule schedule(
                double peak, Optional<Double> warmup, Optional<Schedule.Decay> decay, Optional<Double> floor) {
            return new Schedule(peak, warmup.orElse(0.02), decay.orElse(Schedule.Decay.COSINE), floor.orElse(0.05));
        }
    }
}
