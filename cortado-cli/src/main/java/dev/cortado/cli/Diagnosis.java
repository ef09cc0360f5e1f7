package dev.cortado.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the doctor found; `--json` prints it as it is.
///
/// @param pointerCollectorIsOff whether JavaCPP's garbage collection of pointers is off, as the launcher sets it
/// @param problems what stands in the way, with the cure; the worst first
record Diagnosis(
        String cortado,
        String java,
        Machine machine,
        Engine engine,
        NativeCache cache,
        Disk disk,
        boolean pointerCollectorIsOff,
        List<Problem> problems) {
    private static final List<Float> EXPECTED_PRODUCT = List.of(19f, 22f, 43f, 50f);
    private static final long GIB = 1L << 30;
    private static final long LITTLE_MEMORY = 4 * GIB;
    private static final long LITTLE_DISK = 2 * GIB;

    /// The disk of the working folder.
    record Disk(String folder, long freeBytes) {}

    /// Whether a problem keeps models from running or only makes them slow or fragile.
    enum Severity {
        STOPS,
        WARNS
    }

    /// @param what is wrong
    /// @param fix what to do about it
    record Problem(Severity severity, String what, String fix) {}

    /// Judges what was seen.
    ///
    /// @param nvidiaDriver whether the system has NVIDIA's driver loaded
    static Diagnosis of(
            String cortado,
            String java,
            Machine machine,
            Engine engine,
            NativeCache cache,
            Disk disk,
            boolean pointerCollectorIsOff,
            boolean nvidiaDriver) {
        List<Problem> stops = new ArrayList<>();
        List<Problem> warns = new ArrayList<>();
        switch (engine) {
            case Engine.Broken(String reason) -> {
                stop(stops, "LibTorch does not run: " + reason, engineCure(cache));
            }
            case Engine.Works works -> {
                if (!works.product().equals(EXPECTED_PRODUCT)) {
                    stop(
                            stops,
                            "a 2×2 matrix product came out as " + works.product() + " instead of " + EXPECTED_PRODUCT,
                            "delete " + cache.folder() + " so that the libraries are unpacked anew");
                }
                if (nvidiaDriver && works.devices().equals(List.of("cpu"))) {
                    warn(
                            warns,
                            "there is an NVIDIA GPU but this build is for the CPU",
                            "build with 'mvn -Pcuda -DskipTests package' and keep it with CORTADO_MAVEN_ARGS=-Pcuda");
                }
            }
        }
        if (!cache.writable()) {
            warn(
                    warns,
                    cache.folder() + " is not writable, so LibTorch cannot be unpacked there",
                    "make it writable, or name another folder: CORTADO_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=DIR");
        }
        if (cache.bytes() == 0 && cache.freeBytes() < NativeCache.NEEDED_BYTES) {
            warn(warns, "too little disk for unpacking LibTorch to " + cache.folder(), "free 1 GB there");
        }
        if (!pointerCollectorIsOff) {
            warn(
                    warns,
                    "JavaCPP collects pointers, which makes small operations three times slower",
                    "start through ./cortado, or pass -Dorg.bytedeco.javacpp.nopointergc=true");
        }
        if (machine.isX86() && !machine.features().contains("avx2")) {
            warn(warns, "the CPU has no AVX2, so LibTorch takes its slowest kernels", "use a newer machine");
        }
        if (machine.memoryBytes() < LITTLE_MEMORY) {
            warn(
                    warns,
                    "only " + gib(machine.memoryBytes()) + " of memory",
                    "give the machine or container 4 GiB or more");
        }
        if (disk.freeBytes() < LITTLE_DISK) {
            warn(
                    warns,
                    "only " + gib(disk.freeBytes()) + " free in " + disk.folder(),
                    "checkpoints need space: free some");
        }
        List<Problem> problems = new ArrayList<>(stops);
        problems.addAll(warns);
        return new Diagnosis(cortado, java, machine, engine, cache, disk, pointerCollectorIsOff, List.copyOf(problems));
    }

    /// Whether models run here, fast or slow.
    @JsonProperty
    boolean usable() {
        return problems.stream().noneMatch(problem -> problem.severity() == Severity.STOPS);
    }

    /// The report for people.
    String text() {
        StringBuilder text = new StringBuilder();
        rows().forEach((name, value) -> text.append(String.format(Locale.ROOT, "%-11s%s%n", name, value)));
        for (Problem problem : problems) {
            text.append(problem.severity() == Severity.STOPS ? "\nPROBLEM: " : "\nwarning: ")
                    .append(problem.what())
                    .append("\n         ")
                    .append(problem.fix())
                    .append('\n');
        }
        return text.append(usable() ? "\nThis machine is ready." : "\nThis machine is not ready.")
                .toString();
    }

    private Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("cortado", cortado);
        rows.put("java", java);
        rows.put("system", machine.system());
        rows.put(
                "cpu",
                machine.cpu().orElse("unknown") + ", "
                        + machine.cores().map(cores -> cores + " cores, ").orElse("") + machine.threads() + " threads");
        rows.put("features", machine.features().isEmpty() ? "unknown" : String.join(" ", machine.features()));
        rows.put("memory", gib(machine.memoryBytes()) + ", " + gib(machine.freeMemoryBytes()) + " free");
        rows.put("disk", gib(disk.freeBytes()) + " free in " + disk.folder());
        rows.put("libraries", gib(cache.bytes()) + " in " + cache.folder());
        switch (engine) {
            case Engine.Works works -> {
                rows.put(
                        "libtorch",
                        works.version() + ", " + works.kernels() + " kernels, " + works.threads() + " threads");
                rows.put("devices", String.join(", ", works.devices()));
            }
            case Engine.Broken broken -> rows.put("libtorch", "does not run");
        }
        return rows;
    }

    private static String engineCure(NativeCache cache) {
        return cache.writable()
                ? "Cortado runs on Linux x86-64, macOS arm64 and Windows x86-64; if this is one, delete "
                        + cache.folder() + " and try again"
                : "make " + cache.folder() + " writable";
    }

    private static void stop(List<Problem> problems, String what, String fix) {
        problems.add(new Problem(Severity.STOPS, what, fix));
    }

    private static void warn(List<Problem> problems, String what, String fix) {
        problems.add(new Problem(Severity.WARNS, what, fix));
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
    }
}
