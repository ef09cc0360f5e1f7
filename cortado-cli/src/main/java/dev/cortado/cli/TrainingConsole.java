package dev.cortado.cli;

import dev.cortado.model.ModelSpec;
import dev.cortado.recipe.Pretraining;
import dev.cortado.train.Evaluation;
import dev.cortado.train.Horizon;
import dev.cortado.train.StepReport;
import dev.cortado.train.TrainingSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Shows a training run to a person: a bar with loss, speed and time left on a terminal, now and then a line
/// elsewhere.
final class TrainingConsole implements Pretraining.Listener, AutoCloseable {
    private static final double SECONDS_BETWEEN_LINES = 10;
    private static final int BAR = 1000; // the bar counts thousandths of the run

    private final Output output;
    private final boolean terminal = onTerminal();
    private Optional<ProgressBar> bar = Optional.empty();
    private double smoothLoss = Double.NaN;
    private double smoothSpeed = Double.NaN;
    private long lastLine;
    private double doneAtStart = Double.NaN;
    private long start;

    TrainingConsole(Output output) {
        this.output = output;
    }

    @Override
    public void say(String line) {
        output.note(line);
    }

    @Override
    public void begin(ModelSpec spec, long parameters, TrainingSettings settings, long trainingTokens) {
        output.note("model: %s, %,d parameters, %d layers, width %d, context %d, vocabulary %,d"
                .formatted(
                        spec.architecture(),
                        parameters,
                        spec.layers(),
                        spec.width(),
                        spec.contextLength(),
                        spec.vocabSize()));
        output.note("training on %,d tokens for %s, %s, lr up to %.2g"
                .formatted(
                        trainingTokens,
                        switch (settings.horizon()) {
                            case Horizon.Steps(long steps) -> "%,d steps".formatted(steps);
                            case Horizon.Minutes(double minutes) -> "%.1f minutes".formatted(minutes);
                        },
                        settings.precision().toString().toLowerCase(java.util.Locale.ROOT),
                        settings.schedule().peak()));
        start = System.nanoTime();
        lastLine = start;
        if (terminal) {
            bar = Optional.of(new ProgressBarBuilder()
                    .setTaskName("training")
                    .setInitialMax(BAR)
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .hideEta()
                    .setUpdateIntervalMillis(500)
                    .build());
        }
    }

    @Override
    public void stepped(StepReport report) {
        smoothLoss = smooth(smoothLoss, report.loss());
        smoothSpeed = smooth(smoothSpeed, report.tokensPerSecond());
        if (Double.isNaN(doneAtStart)) {
            doneAtStart = report.done();
        }
        String line =
                "loss %.3f  %,.0f tok/s  lr %.1e  ETA %s".formatted(smoothLoss, smoothSpeed, report.lr(), left(report));
        if (bar.isPresent()) {
            bar.get().stepTo(Math.round(report.done() * BAR));
            bar.get().setExtraMessage(" step " + report.step() + "  " + line);
        } else if (report.step() == 1
                || report.done() >= 1
                || System.nanoTime() - lastLine > SECONDS_BETWEEN_LINES * 1e9) {
            lastLine = System.nanoTime();
            output.note("step %d (%.0f %%)  %s".formatted(report.step(), 100 * report.done(), line));
        }
    }

    @Override
    public void evaluated(long step, Evaluation evaluation) {
        output.note("%sstep %d: held-out loss %.4f, perplexity %.2f, %.4f bits per byte"
                .formatted(
                        bar.isPresent() ? "\n" : "",
                        step,
                        evaluation.loss(),
                        evaluation.perplexity(),
                        evaluation.bitsPerByte()));
    }

    @Override
    public void saved(long step, Path folder) {
        if (bar.isEmpty()) {
            output.note("step " + step + ": saved " + folder);
        }
    }

    /// Takes the bar away.
    void finish() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }

    @Override
    public void close() {
        finish();
    }

    @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again where there is no terminal
    private static boolean onTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    private static double smooth(double old, double now) {
        return Double.isNaN(old) ? now : 0.9 * old + 0.1 * now;
    }

    private String left(StepReport report) {
        double progress = report.done() - doneAtStart;
        if (progress <= 0) {
            return "–";
        }
        double seconds = (System.nanoTime() - start) / 1e9 * (1 - report.done()) / progress;
        Duration left = Duration.ofSeconds(Math.round(seconds));
        return left.toHours() > 0
                ? "%d:%02d:%02d".formatted(left.toHours(), left.toMinutesPart(), left.toSecondsPart())
                : "%d:%02d".formatted(left.toMinutes(), left.toSecondsPart());
    }
}
