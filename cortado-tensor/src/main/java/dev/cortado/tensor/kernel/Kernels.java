package dev.cortado.tensor.kernel;

/// Whether the kernels of this package can run in this JVM.
public final class Kernels {
    private static final String MODULE = "jdk.incubator.vector";

    private Kernels() {}

    /// True when the JVM was started with the Vector API; otherwise the first call warns.
    public static boolean available() {
        return Found.MODULE_PRESENT;
    }

    /// Initialisation on demand: one look, one warning. No class that names a vector type may be loaded before.
    private static final class Found {
        static final boolean MODULE_PRESENT =
                ModuleLayer.boot().findModule(MODULE).isPresent();

        static {
            if (!MODULE_PRESENT) {
                System.getLogger(Kernels.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "training and inference on the CPU are slower than they could be: start the JVM with"
                                        + " --add-modules " + MODULE);
            }
        }
    }
}
