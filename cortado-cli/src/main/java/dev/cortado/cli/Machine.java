package dev.cortado.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What the computer is, as far as it decides how fast models run.
///
/// @param features the instruction sets that LibTorch's and Cortado's kernels ask for, of those the CPU has
/// @param cores physical cores, where the system tells
/// @param threads hardware threads this process may use
/// @param memoryBytes memory this process may use (a container's limit, when there is one)
/// @param freeMemoryBytes how much of it is free
record Machine(
        String system,
        Optional<String> cpu,
        List<String> features,
        Optional<Integer> cores,
        int threads,
        long memoryBytes,
        long freeMemoryBytes) {
    private static final List<String> WORTH_KNOWING = List.of(
            "avx2",
            "fma",
            "f16c",
            "avx512f",
            "avx512bw",
            "avx512_vnni",
            "avx512_bf16",
            "amx_bf16",
            "amx_int8",
            "asimd",
            "asimddp",
            "bf16",
            "i8mm",
            "sve");

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /// Looks at this computer. What it does not tell is absent, never guessed.
    static Machine here() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        String name = System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
        long memory = system.getTotalMemorySize();
        // In a container Linux counts the page cache as used, though it is given back on demand.
        long free = Math.min(memory, availableMemory().orElse(system.getFreeMemorySize()));
        int threads = Runtime.getRuntime().availableProcessors();
        if (Files.isReadable(CPUINFO)) {
            List<String> info = lines(CPUINFO);
            return new Machine(name, model(info), features(info), cores(info), threads, memory, free);
        }
        return new Machine(
                name,
                sysctl("machdep.cpu.brand_string").or(() -> sysctl("hw.model")),
                List.of(),
                sysctl("hw.physicalcpu").map(Integer::valueOf),
                threads,
                memory,
                free);
    }

    boolean isX86() {
        return system.endsWith("amd64") || system.endsWith("x86_64");
    }

    static Optional<String> model(List<String> cpuinfo) {
        return values(cpuinfo, "model name").stream().findFirst();
    }

    static List<String> features(List<String> cpuinfo) {
        Set<String> flags = new HashSet<>();
        for (String key : List.of("flags", "Features")) { // x86, ARM
            values(cpuinfo, key).stream().findFirst().ifPresent(line -> flags.addAll(Arrays.asList(line.split(" "))));
        }
        return WORTH_KNOWING.stream().filter(flags::contains).toList();
    }

    /// Hardware threads of one core share `physical id` and `core id`.
    static Optional<Integer> cores(List<String> cpuinfo) {
        List<String> sockets = values(cpuinfo, "physical id");
        List<String> ids = values(cpuinfo, "core id");
        if (ids.isEmpty() || ids.size() != sockets.size()) {
            return Optional.empty();
        }
        Set<String> cores = new HashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            cores.add(sockets.get(i) + "/" + ids.get(i));
        }
        return Optional.of(cores.size());
    }

    private static List<String> values(List<String> cpuinfo, String key) {
        List<String> values = new ArrayList<>();
        for (String line : cpuinfo) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
                values.add(line.substring(colon + 1).strip());
            }
        }
        return values;
    }

    private static Optional<Long> availableMemory() {
        Path meminfo = Path.of("/proc/meminfo");
        if (!Files.isReadable(meminfo)) {
            return Optional.empty();
        }
        return values(lines(meminfo), "MemAvailable").stream()
                .findFirst()
                .map(value -> 1024 * Long.parseLong(value.replace(" kB", "")));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A value macOS tells; absent on systems without the program.
    private static Optional<String> sysctl(String name) {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac")) {
            return Optional.empty();
        }
        try {
            Process process = new ProcessBuilder("/usr/sbin/sysctl", "-n", name)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String value = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean known = process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0 && !value.isEmpty();
            return known ? Optional.of(value) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
