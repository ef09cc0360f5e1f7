package dev.cortado.cli;

import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Shows on a terminal how many of a model's tensors have been written.
final class TensorProgress implements AutoCloseable {
    private final Optional<ProgressBar> bar;

    TensorProgress(Output output, int tensors) {
        bar = output.json() || !TokenizerProgress.onTerminal()
                ? Optional.empty()
                : Optional.of(new ProgressBarBuilder()
                        .setTaskName("writing")
                        .setInitialMax(tensors)
                        .setUnit(" tensors", 1)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .setUpdateIntervalMillis(200)
                        .build());
    }

    /// One more.
    void step() {
        bar.ifPresent(ProgressBar::step);
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
