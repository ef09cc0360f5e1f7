package dev.cortado.cli;

import dev.cortado.tensor.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `cortado doctor`: looks at the machine and says what stands in the way of running models, and what to do about it.
@Command(name = "doctor", description = "Check that this machine can run Cortado, and say what to do if it cannot.")
final class DoctorCommand implements Callable<Integer> {
    private static final Path NVIDIA_DRIVER = Path.of("/proc/driver/nvidia/version");

    private final Output output;

    DoctorCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        Engine engine = Engine.check();
        Diagnosis diagnosis = Diagnosis.of(
                Main.Version.number(),
                Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
                Machine.here(),
                engine,
                NativeCache.at(LibTorch.cacheFolder()),
                new Diagnosis.Disk(folder.toString(), Files.getFileStore(folder).getUsableSpace()),
                LibTorch.pointerCollectorIsOff(),
                Files.exists(NVIDIA_DRIVER));
        output.result(diagnosis, diagnosis.text());
        return diagnosis.usable() ? 0 : 1;
    }
}
