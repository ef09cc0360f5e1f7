package dev.cortado.cli;

import dev.cortado.tensor.Device;
import dev.cortado.tensor.LibTorch;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Whether the tensor engine runs on this machine.
sealed interface Engine {
    /// It runs.
    ///
    /// @param version of LibTorch and its binding
    /// @param kernels the instruction set its CPU kernels were chosen for
    /// @param threads it uses for one operation
    /// @param devices names that `--device` takes here
    /// @param product what it says ((1 2) (3 4)) · ((5 6) (7 8)) is, row by row
    record Works(String version, String kernels, int threads, List<String> devices, List<Float> product)
            implements Engine {}

    /// It does not load or run, and this is what it says.
    record Broken(String reason) implements Engine {}

    /// Loads the engine, which takes seconds the first time, and multiplies two matrices with it.
    static Engine check() {
        try {
            LibTorch.load();
            return new Works(LibTorch.version(), LibTorch.cpuCapability(), LibTorch.threads(), devices(), product());
        } catch (LinkageError | RuntimeException e) { // to be told in the report, not hidden
            return new Broken(e.getClass().getSimpleName() + ": " + rootMessage(e));
        }
    }

    private static List<String> devices() {
        List<String> devices = new ArrayList<>(List.of(Device.CPU.toString()));
        IntStream.range(0, LibTorch.cudaDevices())
                .mapToObj(index -> new Device.Cuda(index).toString())
                .forEach(devices::add);
        return devices;
    }

    private static List<Float> product() {
        try (var _ = Scope.open("doctor")) {
            Tensor a = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2);
            Tensor b = Tensors.of(new float[] {5, 6, 7, 8}, 2, 2);
            float[] c = a.matmul(b).toFloats();
            return Arrays.asList(c[0], c[1], c[2], c[3]);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }
}
