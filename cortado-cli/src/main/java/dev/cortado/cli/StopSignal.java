package dev.cortado.cli;

import java.util.function.BooleanSupplier;

/// Ctrl-C, or a polite kill. A command that can put its work away heeds it: it is told to finish its step, save and
/// end, and the process waits for that. Any other is ended at once, without LibTorch's own clean-up, which would
/// pull the memory away under the operation that is running.
final class StopSignal {
    private static final long PATIENCE_MILLIS = 60_000;
    private static final int INTERRUPTED = 130;

    private volatile boolean raised;
    private volatile boolean heeded;

    /// Says from now on whether the wish to stop was expressed; the process waits for who asked.
    BooleanSupplier heed() {
        heeded = true;
        return () -> raised;
    }

    /// Watches over the thread that runs the command, until the process ends.
    void guard(Thread command) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(command), "stop signal"));
    }

    /// Runs when the process is about to end; it does when this returns.
    private void end(Thread command) {
        raised = true;
        try {
            if (heeded) {
                command.join(PATIENCE_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (command.isAlive()) {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
    }
}
