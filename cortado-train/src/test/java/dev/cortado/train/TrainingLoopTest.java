package dev.cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Parameter;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Scope;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.train.checkpoint.Checkpoint;
import dev.cortado.train.checkpoint.CheckpointStore;
import dev.cortado.train.objective.CausalObjective;
import dev.cortado.train.optim.AdamW;
import dev.cortado.train.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingLoopTest {
    @TempDir
    Path folder;

    private final PipelineTokenizer tokenizer = Tiny.tokenizer();
    private final List<StepReport> reports = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private TokenStore store;

    @BeforeEach
    void open() throws IOException {
        store = Tiny.store(folder.resolve("tokens"), Tiny.texts(60), tokenizer);
    }

    @AfterEach
    void close() {
        store.close();
    }

    /// How a test's run differs from others.
    private record How(
            Horizon horizon, int rows, int accumulation, double lr, double clip, double epsilon, DType precision) {
        static How steps(long steps) {
            return new How(new Horizon.Steps(steps), 4, 1, 3e-3, 1, 1e-8, DType.F32);
        }

        How batches(int rows, int accumulation) {
            return new How(horizon, rows, accumulation, lr, clip, epsilon, precision);
        }

        How with(DType precision) {
            return new How(horizon, rows, accumulation, lr, clip, epsilon, precision);
        }

        How optimizing(double lr, double clip, double epsilon) {
            return new How(horizon, rows, accumulation, lr, clip, epsilon, precision);
        }

        TrainingSettings settings() {
            return new TrainingSettings(
                    horizon,
                    accumulation,
                    new Schedule(lr, 0.1, Schedule.Decay.COSINE, 0.1),
                    clip,
                    precision,
                    ComputeForm.FUSED,
                    20,
                    10);
        }
    }

    /// What a run leaves behind: weights and first moments by name.
    private record Left(
            TrainingLoop.Outcome outcome, Map<String, float[]> weights, Map<String, float[]> firstMoments) {}

    private Left train(String name, How how, boolean resume, BooleanSupplier stop) throws IOException {
        var checkpoints = new CheckpointStore(folder.resolve(name));
        Rows rows = new Rows(store, Tiny.CONTEXT);
        long before = Scope.liveTensors();
        Left left;
        try (CausalLm model = Tiny.model(tokenizer.vocabSize());
                var optimizer = new AdamW(model.parameters(), new AdamW.Settings(0.9, 0.95, how.epsilon(), 0.1))) {
            var loop = new TrainingLoop<>(
                    model,
                    new CausalObjective(CausalObjective.Head.CHUNKED),
                    new Batches(rows, how.rows(), 7),
                    optimizer,
                    how.settings(),
                    checkpoints,
                    new Evaluation.Task(rows, tokenizer, 3, 4),
                    new TrainingListener() {
                        @Override
                        public void stepped(StepReport report) {
                            reports.add(report);
                        }

                        @Override
                        public void evaluated(long step, Evaluation evaluation) {
                            events.add("evaluated " + step);
                        }

                        @Override
                        public void saved(long step, Path checkpoint) {
                            events.add("saved " + step);
                        }
                    });
            if (resume) {
                loop.resume(checkpoints.latest().intact().orElseThrow());
            }
            TrainingLoop.Outcome outcome = loop.run(stop);
            Map<String, float[]> weights = new LinkedHashMap<>();
            Map<String, float[]> firstMoments = new LinkedHashMap<>();
            try (var _ = Scope.open("read")) {
                for (Parameter p : model.parameters()) {
                    weights.put(p.name(), p.tensor().detach().toFloats());
                }
                for (AdamW.Moments m : optimizer.moments()) {
                    firstMoments.put(m.parameter().name(), m.first().toFloats());
                }
            }
            left = new Left(outcome, weights, firstMoments);
        }
        assertThat(Scope.liveTensors()).as("tensors left behind").isEqualTo(before);
        return left;
    }

    private Left train(How how) throws IOException {
        return train("run " + System.nanoTime(), how, false, () -> false);
    }

    private static double norm(Map<String, float[]> tensors) {
        double squares = 0;
        for (float[] tensor : tensors.values()) {
            for (float number : tensor) {
                squares += (double) number * number;
            }
        }
        return Math.sqrt(squares);
    }

    private static double distance(Map<String, float[]> one, Map<String, float[]> other) {
        double most = 0;
        for (String name : one.keySet()) {
            for (int i = 0; i < one.get(name).length; i++) {
                most = Math.max(most, Math.abs(one.get(name)[i] - other.get(name)[i]));
            }
        }
        return most;
    }

    @Test
    void itLearns() throws IOException {
        TrainingLoop.Outcome outcome = train(How.steps(60)).outcome();
        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.steps()).isEqualTo(60);
        assertThat(outcome.tokens()).isEqualTo(60L * 4 * Tiny.CONTEXT);
        assertThat(reports.getFirst().loss()).as("ln 280 at first").isCloseTo(Math.log(280), within(0.1));
        assertThat(reports.getLast().loss()).isLessThan(3.5);
        assertThat(events)
                .as("a run resumed from a checkpoint has evaluated all before it")
                .containsExactly(
                        "saved 10",
                        "evaluated 20",
                        "saved 20",
                        "saved 30",
                        "evaluated 40",
                        "saved 40",
                        "saved 50",
                        "evaluated 60",
                        "saved 60");
    }

    /// One batch of eight rows, or eight of one: the same gradient, loss and weights. An epsilon of 1 keeps
    /// AdamW's first step from being the sign of the gradient, which rounding decides where the gradient is
    /// almost nothing.
    @Test
    void theLossIsNormalisedOverTheWholeStep() throws IOException {
        How once = How.steps(1).optimizing(1, 1e9, 1);
        Left whole = train(once.batches(8, 1));
        Left parts = train(once.batches(1, 8));
        Left mixed = train(once.batches(2, 4));
        assertThat(reports)
                .extracting(StepReport::rows)
                .containsOnly(reports.getFirst().rows());
        assertThat(norm(whole.firstMoments()) / (1 - 0.9))
                .as("the gradient is not nothing")
                .isCloseTo(reports.getFirst().gradientNorm(), within(1e-5))
                .isGreaterThan(0.01);
        for (Left other : List.of(parts, mixed)) {
            assertThat(distance(whole.firstMoments(), other.firstMoments())).isLessThan(1e-7);
            assertThat(distance(whole.weights(), other.weights())).isLessThan(1e-6);
        }
        assertThat(reports.get(1).loss()).isCloseTo(reports.get(0).loss(), within(1e-6));
        assertThat(reports.get(1).tokens()).isEqualTo(8L * Tiny.CONTEXT);
    }

    @Test
    void gradientsAreClippedBeforeTheStep() throws IOException {
        Left free = train(How.steps(1).optimizing(1e-3, 1e9, 1e-8));
        Left clipped = train(How.steps(1).optimizing(1e-3, 0.001, 1e-8));
        double whole = norm(free.firstMoments()) / (1 - 0.9);
        assertThat(whole).isGreaterThan(0.01);
        assertThat(norm(clipped.firstMoments()) / (1 - 0.9)).isCloseTo(0.001, within(1e-7));
        assertThat(reports.get(1).gradientNorm()).as("told before clipping").isCloseTo(whole, within(1e-5));
    }

    @Test
    void theRateFollowsTheSchedule() throws IOException {
        train(How.steps(20));
        Schedule schedule = How.steps(20).settings().schedule();
        for (StepReport report : reports) {
            assertThat(report.lr()).as("step %d", report.step()).isEqualTo(schedule.at(report.step() / 20.0));
        }
    }

    @Test
    void aRunInMinutesEndsInTimeAndCoolsDown() throws IOException {
        double minutes = 0.01;
        How how = new How(new Horizon.Minutes(minutes), 4, 1, 1e-3, 1, 1e-8, DType.F32);
        TrainingLoop.Outcome outcome = train(how).outcome();
        assertThat(outcome.finished()).isTrue();
        double last =
                reports.getLast().seconds() - reports.get(reports.size() - 2).seconds();
        assertThat(outcome.seconds()).isBetween(minutes * 60, minutes * 60 + last);
        assertThat(reports.getLast().lr()).isLessThan(0.5e-3);
        assertThat(reports.getLast().done()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void aStoppedRunGoesOnAsIfNothingHadBeen(DType precision) throws IOException {
        How how = How.steps(30).with(precision).batches(3, 2); // more than one epoch
        Left straight = train("straight", how, false, () -> false);
        List<StepReport> expected = List.copyOf(reports);
        reports.clear();
        Left stopped = train("broken", how, false, () -> reports.size() == 17);
        assertThat(stopped.outcome().finished()).isFalse();
        assertThat(stopped.outcome().steps()).isEqualTo(17);
        Left resumed = train("broken", how, true, () -> false);
        assertThat(resumed.outcome().finished()).isTrue();
        assertThat(resumed.outcome().tokens()).isEqualTo(straight.outcome().tokens());
        assertThat(reports).hasSameSizeAs(expected);
        for (int i = 0; i < reports.size(); i++) {
            StepReport found = reports.get(i);
            StepReport wanted = expected.get(i);
            assertThat(List.of(found.step(), found.rows(), found.loss(), found.lr(), found.gradientNorm()))
                    .as("step %d", wanted.step())
                    .isEqualTo(
                            List.of(wanted.step(), wanted.rows(), wanted.loss(), wanted.lr(), wanted.gradientNorm()));
        }
        assertThat(distance(straight.weights(), resumed.weights())).isZero();
    }

    @Test
    void aFinishedRunThatIsResumedStaysAsItIs() throws IOException {
        Left first = train("run", How.steps(15), false, () -> false);
        reports.clear();
        Left second = train("run", How.steps(15), true, () -> false);
        assertThat(reports).isEmpty();
        assertThat(second.outcome().steps()).isEqualTo(15);
        assertThat(distance(first.weights(), second.weights())).isZero();
    }

    @Test
    void aDivergedRunSavesNothingBroken() throws IOException {
        How healthy = How.steps(100);
        Left good = train("run", healthy, false, () -> reports.size() == 10);
        assertThatExceptionOfType(TrainingDiverged.class)
                .isThrownBy(() -> train("run", healthy.optimizing(1e30, 1, 1e-8), true, () -> false))
                .withMessageMatching("training diverged at step \\d+: the .* is .*; lower optimizer.lr .*");
        CheckpointStore.Latest latest = new CheckpointStore(folder.resolve("run")).latest();
        Checkpoint last = latest.intact().orElseThrow();
        assertThat(last.step()).isEqualTo(10);
        assertThat(latest.damaged()).isEmpty();
        try (var inside = Files.list(folder.resolve("run"))) {
            assertThat(inside).as("no half of another").containsExactly(last.folder());
        }
        Left resumed = train("run", healthy, true, () -> true);
        assertThat(distance(good.weights(), resumed.weights())).isZero();
    }
}
