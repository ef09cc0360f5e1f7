package dev.cortado.cli.tour;

import dev.cortado.recipe.Pretraining;
import dev.cortado.recipe.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What the stages of a tour share: the plan, the run folder, and what has been found out so far.
final class Trip {
    private final Tour.Plan plan;
    private final RunFolder run;
    private final Pretraining.Listener console;
    private final Consumer<String> out;
    private final BooleanSupplier stop;
    private final Map<String, Object> environment;
    private final Map<String, Object> findings = new LinkedHashMap<>();
    private final List<String> stories = new ArrayList<>();
    private Optional<Pretraining.Result> trained = Optional.empty();

    Trip(
            Tour.Plan plan,
            RunFolder run,
            Pretraining.Listener console,
            Consumer<String> out,
            BooleanSupplier stop,
            Map<String, Object> environment) {
        this.plan = plan;
        this.run = run;
        this.console = console;
        this.out = out;
        this.stop = stop;
        this.environment = environment;
    }

    Tour.Plan plan() {
        return plan;
    }

    RunFolder run() {
        return run;
    }

    Pretraining.Listener console() {
        return console;
    }

    BooleanSupplier stop() {
        return stop;
    }

    Map<String, Object> environment() {
        return environment;
    }

    /// The world's training text.
    Path trainText() {
        return run.path().resolve("world").resolve("train.jsonl");
    }

    /// The world's held-out text.
    Path heldOutText() {
        return run.path().resolve("world").resolve("heldout.jsonl");
    }

    /// Tells the traveller something.
    void say(String line) {
        out.accept(line);
    }

    /// Notes a number or a text for `tour.json` and for `--json`.
    void found(String name, Object value) {
        findings.put(name, value);
    }

    Map<String, Object> findings() {
        return findings;
    }

    List<String> stories() {
        return stories;
    }

    void trained(Pretraining.Result result) {
        trained = Optional.of(result);
    }

    /// What pre-training led to.
    Pretraining.Result trained() {
        return trained.orElseThrow(() -> new IllegalStateException("pre-training comes first"));
    }
}
