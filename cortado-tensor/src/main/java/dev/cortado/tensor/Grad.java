package dev.cortado.tensor;

import org.bytedeco.pytorch.GradMode;

/// Whether operations of this thread record what a backward pass needs; restored on close.
public final class Grad implements AutoCloseable {
    private final boolean before = GradMode.is_enabled();

    private Grad(boolean enabled) {
        GradMode.set_enabled(enabled);
    }

    /// Records nothing until closed: `try (var _ = Grad.off()) { … }`.
    public static Grad off() {
        LibTorch.load();
        return new Grad(false);
    }

    /// Records again inside a region where recording is off.
    public static Grad on() {
        LibTorch.load();
        return new Grad(true);
    }

    /// Whether this thread records now.
    public static boolean isOn() {
        LibTorch.load();
        return GradMode.is_enabled();
    }

    @Override
    public void close() {
        GradMode.set_enabled(before);
    }
}
