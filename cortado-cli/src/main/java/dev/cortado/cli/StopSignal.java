package dev.cortado.cli;

/// Ctrl-C (or a polite kill) as a wish that work finishes its step, saves and ends; the process waits for it to.
final class StopSignal implements AutoCloseable {
    private final Thread worker = Thread.currentThread();
    private final Thread hook = new Thread(this::raise, "stop signal");
    private volatile boolean raised;

    StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether the wish was expressed.
    boolean raised() {
        return raised;
    }

    /// The virtual machine ends when its hooks have: this one lasts until the work has been put away.
    private void raise() {
        raised = true;
        try {
            worker.join(60_000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (!raised) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
