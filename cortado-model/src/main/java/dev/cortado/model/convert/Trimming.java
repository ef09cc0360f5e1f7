package dev.cortado.model.convert;

import dev.cortado.model.ParameterSet;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// While it is open, pages of mapped weights are let go of as fast as they come, so that a model larger than the
/// memory one wants to spend can be run once.
public final class Trimming implements AutoCloseable {
    private static final long EVERY_MILLIS = 20;

    private final ScheduledExecutorService clock;

    /// @param releases each lets go of what one source has in memory, [ParameterSet#release] of a model's
    public Trimming(Runnable... releases) {
        List<Runnable> all = List.of(releases);
        clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("trimming").factory());
        var _ = clock.scheduleWithFixedDelay(
                () -> all.forEach(Runnable::run), EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Stops, and waits until nothing is being let go of: the models may then be closed.
    @Override
    public void close() {
        clock.close();
    }
}
