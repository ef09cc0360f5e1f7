package dev.cortado.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// The most memory this process has had resident, as Linux counts it.
final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Memory() {}

    /// Starts counting from what is resident now.
    static void resetPeak() {
        try {
            if (Files.exists(STATUS)) {
                Files.writeString(Path.of("/proc/self/clear_refs"), "5");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Bytes; empty on other systems.
    static OptionalLong peak() {
        try {
            if (!Files.exists(STATUS)) {
                return OptionalLong.empty();
            }
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
