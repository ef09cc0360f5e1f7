package dev.cortado.cli;

import dev.cortado.text.tokenizer.train.Progress;
import java.util.Optional;
import java.util.OptionalLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Shows on a terminal how far the learning of a tokenizer is: a bar for each phase.
final class TokenizerProgress implements Progress, AutoCloseable {
    private final boolean shown;
    private Optional<Phase> phase = Optional.empty();
    private Optional<ProgressBar> bar = Optional.empty();

    TokenizerProgress(Output output) {
        shown = !output.json() && onTerminal();
    }

    @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again where there is no terminal
    static boolean onTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    @Override
    public void at(Phase now, long done, OptionalLong total) {
        if (!shown) {
            return;
        }
        if (!phase.equals(Optional.of(now))) {
            close();
            phase = Optional.of(now);
            var builder = new ProgressBarBuilder()
                    .setTaskName(name(now))
                    .setInitialMax(total.orElse(-1)) // less than 0: unknown
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setUpdateIntervalMillis(200);
            if (now == Phase.COUNT) {
                builder.setUnit(" MB", 1_000_000);
            }
            bar = Optional.of(builder.build());
        }
        bar.orElseThrow().stepTo(done);
    }

    private static String name(Phase phase) {
        return switch (phase) {
            case COUNT -> "reading text";
            case MERGE -> "joining pairs";
            case FIT -> "fitting pieces";
        };
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}
