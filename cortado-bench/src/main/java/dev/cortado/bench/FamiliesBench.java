package dev.cortado.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.LibTorch;
import dev.cortado.tensor.Scope;
import dev.cortado.text.corpus.Rows;
import dev.cortado.train.Batches;
import dev.cortado.train.objective.Batch;
import dev.cortado.train.objective.CausalObjective;
import dev.cortado.train.objective.Loss;
import dev.cortado.train.objective.MaskedObjective;
import dev.cortado.train.objective.SpanCorruption;
import dev.cortado.train.optim.AdamW;
import dev.cortado.train.optim.Schedule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/// Every family learns the same text from the same batches, at about the same size and with the same settings: first
/// as a run trains it, then beside it the plain reference — the same initial weights and batches, computed by
/// LibTorch's own operations, with all logits at once and AdamW line by line, no kernel of ours. Both in F32, so the
/// two losses must agree.
///
/// Decoders predict the next token, encoders guess masked ones, encoder–decoders write what was cut out. The ways of
/// mixing tokens that LibTorch does not have (Longformer, Linformer, Performer, Reformer) are the same LibTorch
/// operations in both; tiled attention is beside the library's own.
public final class FamiliesBench {
    /// Most by which the two losses at the end may differ, in nats.
    public static final double TOLERANCE = 0.02;

    /// Ids behind the text's own, which mark spans.
    public static final int SENTINELS = 16;

    private static final int SEED = 1;
    private static final int LAST = 10;
    private static final double CLIP = 1;
    private static final AdamW.Settings ADAMW = new AdamW.Settings(0.9, 0.95, 1e-8, 0.1);
    private static final Schedule SCHEDULE = new Schedule(2e-3, 0.1, Schedule.Decay.COSINE, 0.1);

    private FamiliesBench() {}

    /// The text.
    ///
    /// @param vocabSize of the tokenizer
    /// @param separator the id between documents
    /// @param mask      the id that hides words
    public record Text(Rows rows, int vocabSize, int separator, int mask) {}

    /// How much is trained.
    ///
    /// @param batchRows rows of a batch
    public record Settings(
            Family.Size size,
            int steps,
            @JsonProperty("batch_rows") int batchRows) {
        /// Models of 1 to 2 million parameters, 8 rows of text a step.
        public static Settings usual(int steps) {
            if (steps < 1) {
                throw new IllegalArgumentException("steps " + steps + " must be at least 1");
            }
            return new Settings(Family.Size.USUAL, steps, 8);
        }
    }

    /// One family.
    ///
    /// @param firstLoss     before the first step, in nats a target
    /// @param lastLoss      mean of the last ten steps
    /// @param referenceLoss the same of the reference
    /// @param agrees        whether these differ by [#TOLERANCE] at most
    public record Row(
            String family,
            String architecture,
            long parameters,
            @JsonProperty("first_loss") double firstLoss,
            @JsonProperty("last_loss") double lastLoss,
            @JsonProperty("reference_loss") double referenceLoss,
            boolean agrees,
            @JsonProperty("tokens_per_second") double tokensPerSecond,
            @JsonProperty("reference_tokens_per_second") double referenceTokensPerSecond) {
        /// A line of the table.
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%-19s %,11d %9.4f %9.4f %9.4f %9.5f %-8s %,9.0f %,9.0f",
                    family,
                    parameters,
                    firstLoss,
                    lastLoss,
                    referenceLoss,
                    Math.abs(lastLoss - referenceLoss),
                    agrees ? "agrees" : "DIFFERS",
                    tokensPerSecond,
                    referenceTokensPerSecond);
        }
    }

    /// All of it.
    public record Report(
            Settings settings,
            @JsonProperty("context_length") int contextLength,
            double tolerance,
            List<Row> families) {
        /// A line for each family.
        public String table() {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%-19s %11s %9s %9s %9s %9s %-8s %9s %9s",
                    "family",
                    "parameters",
                    "loss at 0",
                    "at " + settings.steps(),
                    "reference",
                    "|Δ|",
                    "",
                    "tokens/s",
                    "reference"));
            families.forEach(row -> text.append('\n').append(row.line()));
            return text.toString();
        }
    }

    /// The families there are.
    public static List<String> names() {
        return Family.all().stream().map(Family::name).toList();
    }

    /// The architectures that are trained.
    static List<String> architectures() {
        return Family.all().stream().map(Family::architecture).distinct().toList();
    }

    /// @throws IllegalArgumentException for a name that no family has
    public static void requireKnown(List<String> names) {
        for (String name : names) {
            if (!names().contains(name)) {
                throw new IllegalArgumentException(
                        "there is no family '" + name + "'; known are " + String.join(", ", names()));
            }
        }
    }

    /// Trains families, each twice.
    ///
    /// @throws IllegalArgumentException for a name that no family has
    public static Report run(Device device, Text text, Settings settings, List<String> names, Consumer<String> note) {
        requireKnown(names);
        List<Row> rows = new ArrayList<>();
        for (Family family : Family.all()) {
            if (names.contains(family.name())) {
                Row row = row(device, text, settings, family);
                note.accept(row.line());
                rows.add(row);
            }
        }
        return new Report(settings, text.rows().contextLength(), TOLERANCE, rows);
    }

    private static Row row(Device device, Text text, Settings settings, Family family) {
        ModelSpec spec = family.spec(
                settings.size(), text.vocabSize() + SENTINELS, text.rows().contextLength());
        Curve ours = train(spec, device, text, settings, ComputeForm.fastest(device), CausalObjective.Head.CHUNKED);
        Curve plain = train(spec, device, text, settings, ComputeForm.LIBRARY, CausalObjective.Head.PLAIN);
        return new Row(
                family.name(),
                family.architecture(),
                ours.parameters(),
                ours.losses().getFirst(),
                ours.last(),
                plain.last(),
                Math.abs(ours.last() - plain.last()) <= TOLERANCE,
                ours.tokensPerSecond(),
                plain.tokensPerSecond());
    }

    /// @param losses before each step
    private record Curve(long parameters, List<Double> losses, double tokensPerSecond) {
        double last() {
            return losses.subList(Math.max(0, losses.size() - LAST), losses.size()).stream()
                    .mapToDouble(loss -> loss)
                    .average()
                    .orElseThrow();
        }
    }

    private static Curve train(
            ModelSpec spec, Device device, Text text, Settings settings, ComputeForm form, CausalObjective.Head head) {
        var batches = new Batches(text.rows(), settings.batchRows(), SEED);
        Pass pass = Pass.evaluation(device).with(form);
        List<Double> losses = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        try (Model model = spec.build(Params.initialised(SEED, device), device);
                var optimizer = optimizer(model, head)) {
            for (int step = 1; step <= settings.steps(); step++) {
                double lr = SCHEDULE.at((double) step / settings.steps());
                times.add(Timing.once(() -> {
                    try (var _ = Scope.open("families")) {
                        Batch batch = batches.load(batches.next(), device);
                        Loss loss = loss(model, batch, pass, text, head);
                        loss.sum().mul(1.0 / loss.targets()).backward();
                        losses.add(loss.sum().toDouble() / loss.targets());
                    }
                    optimizer.step(lr);
                    LibTorch.synchronize(device);
                }));
            }
            double tokens = (double) settings.batchRows() * text.rows().contextLength();
            return new Curve(model.parameters().count(), losses, tokens / new Timing(times).median());
        }
    }

    private static Loss loss(Model model, Batch batch, Pass pass, Text text, CausalObjective.Head head) {
        return switch (model) {
            case CausalLm decoder -> new CausalObjective(head).loss(decoder, batch, pass);
            case Encoder encoder -> new MaskedObjective(text.mask(), specials(text), SEED).loss(encoder, batch, pass);
            case EncoderDecoder both -> new SpanCorruption(head, SEED).loss(both, batch, pass);
        };
    }

    /// The ids that no mask hides and none replaces: separators, and what marks spans.
    private static Set<Integer> specials(Text text) {
        Set<Integer> specials = new HashSet<>(Set.of(text.separator()));
        for (int i = 0; i < SENTINELS; i++) {
            specials.add(text.vocabSize() + i);
        }
        return specials;
    }

    /// Clips and steps.
    private interface Optimizer extends AutoCloseable {
        void step(double lr);

        @Override
        void close();
    }

    private static Optimizer optimizer(Model model, CausalObjective.Head head) {
        return switch (head) {
            case CHUNKED -> new Ours(new AdamW(model.parameters(), ADAMW));
            case PLAIN -> new Plain(new PlainAdamW(model.parameters(), ADAMW));
        };
    }

    private record Ours(AdamW adamW) implements Optimizer {
        @Override
        public void step(double lr) {
            adamW.clip(CLIP);
            adamW.step(lr);
        }

        @Override
        public void close() {
            adamW.close();
        }
    }

    private record Plain(PlainAdamW adamW) implements Optimizer {
        @Override
        public void step(double lr) {
            adamW.step(lr, CLIP);
        }

        @Override
        public void close() {
            adamW.close();
        }
    }
}
