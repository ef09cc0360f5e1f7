package dev.cortado.tensor;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/// The native engine: loaded once, with as many threads as the machine has physical cores.
public final class LibTorch {
    private LibTorch() {}

    /// Loads the native libraries if that has not happened yet; every entry point of this package calls it.
    public static void load() {
        Loaded.ready();
    }

    /// The engine's version and that of its binding, such as `2.10.0-1.5.13`.
    public static String version() {
        String version = torch.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /// Threads one operation may use.
    public static int threads() {
        load();
        return torch.get_num_threads();
    }

    /// Number of GPUs that this build and this machine can use.
    public static int cudaDevices() {
        load();
        return torch.cuda_is_available() ? torch.cuda_device_count() : 0;
    }

    /// The instruction set the CPU kernels were chosen for, such as `AVX512`.
    public static String cpuCapability() {
        load();
        try (var text = torch.get_cpu_capability()) {
            return text.getString();
        }
    }

    /// Whether JavaCPP's collector of forgotten pointers is off, as this façade wants it (three times faster
    /// small ops).
    public static boolean pointerCollectorIsOff() {
        return Boolean.getBoolean("org.bytedeco.javacpp.nopointergc");
    }

    /// Where the native libraries are unpacked.
    public static java.nio.file.Path cacheFolder() {
        try {
            return Loader.getCacheDir().toPath();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Resident memory of this process in bytes, as the operating system counts it.
    public static long residentBytes() {
        return Pointer.physicalBytes();
    }

    /// Gives memory that was freed, but that the C library keeps for later, back to the operating system: what is
    /// resident afterwards is in use. Only glibc needs and knows this.
    public static void trimMemory() {
        load();
        Pointer.trimMemory();
    }

    /// Waits until a device has finished what it was given; the CPU always has.
    public static void synchronize(Device device) {
        if (device instanceof Device.Cuda(int index)) {
            torch.cuda_synchronize(index);
        }
    }

    /// Initialisation on demand: a class is initialised once, by one thread.
    private static final class Loaded {
        static {
            Loader.load(torch.class);
            torch.set_num_threads(Math.max(1, Loader.totalCores()));
        }

        static void ready() {}
    }
}
