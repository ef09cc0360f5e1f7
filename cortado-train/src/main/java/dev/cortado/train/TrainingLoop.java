package dev.cortado.train;

import dev.cortado.model.Layout;
import dev.cortado.model.Model;
import dev.cortado.model.Pass;
import dev.cortado.tensor.LibTorch;
import dev.cortado.tensor.Scope;
import dev.cortado.train.checkpoint.Checkpoint;
import dev.cortado.train.checkpoint.CheckpointStore;
import dev.cortado.train.objective.Batch;
import dev.cortado.train.objective.Loss;
import dev.cortado.train.objective.Objective;
import dev.cortado.train.optim.AdamW;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Trains a model: accumulate → clip → step → schedule → report → evaluate → checkpoint, until the horizon.
///
/// The gradient of a step is that of the mean over all its targets, however many batches they are spread over. A run
/// that was stopped, or killed, and resumed takes the same steps, to the last bit on the CPU.
///
/// @param <M> the kind of model
public final class TrainingLoop<M extends Model> {
    private final M model;
    private final Objective<? super M> objective;
    private final Batches data;
    private final AdamW optimizer;
    private final TrainingSettings settings;
    private final CheckpointStore checkpoints;
    private final Evaluation.Task heldOut;
    private final TrainingListener listener;
    private TrainingState state = TrainingState.START;

    public TrainingLoop(
            M model,
            Objective<? super M> objective,
            Batches data,
            AdamW optimizer,
            TrainingSettings settings,
            CheckpointStore checkpoints,
            Evaluation.Task heldOut,
            TrainingListener listener) {
        this.model = model;
        this.objective = objective;
        this.data = data;
        this.optimizer = optimizer;
        this.settings = settings;
        this.checkpoints = checkpoints;
        this.heldOut = heldOut;
        this.listener = listener;
    }

    /// How a run ended.
    ///
    /// @param finished   whether it reached its horizon; otherwise it was asked to stop and can be resumed
    /// @param evaluation of the final weights
    public record Outcome(boolean finished, long steps, long tokens, double seconds, Evaluation evaluation) {}

    /// Goes on from a checkpoint of the same run.
    public void resume(Checkpoint checkpoint) throws IOException {
        state = TrainingState.load(checkpoint, model.parameters(), optimizer);
        data.seek(state.cursor());
    }

    /// Trains until the horizon, or until `stop` says so after a step; either way the last step is saved.
    ///
    /// @throws TrainingDiverged when the loss or a gradient is no longer finite; what was saved before stays
    /// @throws IOException when a checkpoint cannot be written; earlier ones stay
    public Outcome run(BooleanSupplier stop) throws IOException {
        Optional<Evaluation> last = Optional.empty();
        boolean saved = state.step() > 0;
        while (!finished() && !stop.getAsBoolean()) {
            step();
            last = Optional.empty();
            saved = false;
            if (state.step() % settings.evaluateEvery() == 0) {
                last = Optional.of(evaluate());
            }
            if (state.step() % settings.checkpointEvery() == 0) { // last: what it covers is never done again
                save();
                saved = true;
            }
        }
        if (!saved) {
            save();
        }
        Evaluation evaluation = last.isPresent() ? last.get() : evaluate();
        return new Outcome(finished(), state.step(), state.tokens(), state.seconds(), evaluation);
    }

    private boolean finished() {
        return settings.horizon().done(state.step(), state.seconds()) >= 1;
    }

    private void step() {
        long begin = System.nanoTime();
        List<int[]> rows = new ArrayList<>();
        for (int i = 0; i < settings.accumulation(); i++) {
            rows.add(data.next());
        }
        double sum = 0;
        long targets = 0;
        try (var _ = Scope.open("step " + (state.step() + 1))) {
            List<Batch> batches =
                    rows.stream().map(ids -> data.load(ids, model.device())).toList();
            targets = batches.stream().mapToLong(Batch::count).sum();
            for (Batch batch : batches) {
                try (var _ = Scope.open("batch")) {
                    Loss loss = objective.loss(model, batch, pass());
                    loss.sum().mul(1.0 / targets).backward();
                    sum += loss.sum().toDouble();
                }
            }
        }
        long step = state.step() + 1;
        double loss = sum / targets;
        requireFinite(step, "loss", loss);
        double norm = optimizer.clip(settings.clip());
        requireFinite(step, "gradient norm", norm);
        // For a run measured in time, this step is expected to take as long as those before it did on
        // average.
        double expected = state.seconds() * step / Math.max(1, state.step());
        double lr = settings.schedule().at(settings.horizon().done(step, expected));
        optimizer.step(lr);
        LibTorch.synchronize(model.device());
        double seconds = (System.nanoTime() - begin) / 1e9;
        state = new TrainingState(step, state.tokens() + targets, state.seconds() + seconds, data.cursor());
        listener.stepped(new StepReport(
                step,
                loss,
                lr,
                norm,
                state.tokens(),
                targets / seconds,
                state.seconds(),
                settings.horizon().done(step, state.seconds()),
                rows.stream().flatMapToInt(Arrays::stream).boxed().toList()));
    }

    private void save() throws IOException {
        Checkpoint checkpoint = state.save(checkpoints, model.parameters(), optimizer);
        listener.saved(state.step(), checkpoint.folder());
    }

    private Evaluation evaluate() {
        Evaluation evaluation = heldOut.of(model, objective, pass());
        listener.evaluated(state.step(), evaluation);
        return evaluation;
    }

    /// How the model is called.
    public Pass pass() {
        return new Pass(settings.precision(), settings.form(), new Layout.Whole(0), Optional.empty());
    }

    private static void requireFinite(long step, String what, double value) {
        if (!Double.isFinite(value)) {
            throw new TrainingDiverged(step, what, value);
        }
    }
}
