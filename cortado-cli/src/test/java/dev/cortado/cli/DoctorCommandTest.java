package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorCommandTest {
    private static final long GIB = 1L << 30;
    private static final Machine MACHINE =
            new Machine("Linux 6 amd64", Optional.of("CPU"), List.of("avx2"), Optional.of(2), 4, 16 * GIB, 8 * GIB);
    private static final Engine WORKS =
            new Engine.Works("2.10.0", "AVX2", 2, List.of("cpu"), List.of(19f, 22f, 43f, 50f));
    private static final NativeCache CACHE = new NativeCache("cache", true, GIB, 9 * GIB);
    private static final Diagnosis.Disk DISK = new Diagnosis.Disk("work", 9 * GIB);

    private static Diagnosis diagnose(Machine machine, Engine engine, NativeCache cache, Diagnosis.Disk disk) {
        return Diagnosis.of("1", "25", machine, engine, cache, disk, true, false);
    }

    @Test
    void looksAtThisMachine() {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        assertThat(new Main(Output.of(out, err), false).run("doctor", "--json")).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        JsonNode json = JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(json.propertyNames())
                .containsExactlyInAnyOrder(
                        "cortado",
                        "java",
                        "machine",
                        "engine",
                        "cache",
                        "disk",
                        "pointerCollectorIsOff",
                        "problems",
                        "usable");
        assertThat(json.at("/engine/product").toString()).isEqualTo("[19.0,22.0,43.0,50.0]");
        assertThat(json.at("/engine/devices/0").asString()).isEqualTo("cpu");
        assertThat(json.at("/machine/threads").asInt())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(json.at("/machine/memoryBytes").asLong())
                .isGreaterThan(json.at("/machine/freeMemoryBytes").asLong());
        assertThat(json.at("/cache/bytes").asLong()).isPositive();
        assertThat(json.at("/disk/freeBytes").asLong()).isPositive();
        assertThat(json.at("/pointerCollectorIsOff").asBoolean()).isTrue();
        assertThat(json.at("/usable").asBoolean()).isTrue();
    }

    @Test
    void printsATextForPeople() {
        var out = new ByteArrayOutputStream();
        assertThat(new Main(Output.of(out, new ByteArrayOutputStream()), false).run("doctor"))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.split(" ", 2)[0]))
                .contains("cortado", "java", "system", "cpu", "memory", "disk", "libtorch", "devices");
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).endsWith("This machine is ready.");
    }

    @Test
    void findsNothingWrongWithAGoodMachine() {
        assertThat(diagnose(MACHINE, WORKS, CACHE, DISK).problems()).isEmpty();
    }

    @Test
    void anEngineThatDoesNotRunStops() {
        Diagnosis diagnosis = diagnose(MACHINE, new Engine.Broken("UnsatisfiedLinkError: no jnitorch"), CACHE, DISK);
        assertThat(diagnosis.usable()).isFalse();
        assertThat(diagnosis.text())
                .contains("PROBLEM: LibTorch does not run: UnsatisfiedLinkError: no jnitorch")
                .endsWith("This machine is not ready.");
    }

    @Test
    void aWrongProductStops() {
        Engine wrong = new Engine.Works("2.10.0", "AVX2", 2, List.of("cpu"), List.of(19f, 22f, 43f, 51f));
        assertThat(diagnose(MACHINE, wrong, CACHE, DISK).usable()).isFalse();
    }

    @Test
    void whatOnlySlowsOrThreatensIsAWarningWithACure() {
        Machine weak = new Machine("Linux 6 amd64", Optional.empty(), List.of(), Optional.empty(), 1, GIB, GIB / 2);
        Diagnosis diagnosis = Diagnosis.of(
                "1",
                "25",
                weak,
                WORKS,
                new NativeCache("cache", false, 0, GIB / 4),
                new Diagnosis.Disk("work", GIB),
                false,
                true);
        assertThat(diagnosis.usable()).isTrue();
        assertThat(diagnosis.problems())
                .hasSize(7)
                .allSatisfy(problem -> assertThat(problem.fix()).isNotBlank())
                .extracting(Diagnosis.Problem::severity)
                .containsOnly(Diagnosis.Severity.WARNS);
    }

    @Test
    void readsCpuinfo() {
        List<String> x86 = """
            processor	: 0
            model name	: Intel(R) Xeon(R) Processor
            physical id	: 0
            core id		: 0
            flags		: fpu avx2 fma avx512f amx_bf16

            processor	: 1
            model name	: Intel(R) Xeon(R) Processor
            physical id	: 0
            core id		: 0
            flags		: fpu avx2 fma avx512f amx_bf16

            processor	: 2
            model name	: Intel(R) Xeon(R) Processor
            physical id	: 1
            core id		: 0
            flags		: fpu avx2 fma avx512f amx_bf16
            """.lines().toList();
        assertThat(Machine.model(x86)).contains("Intel(R) Xeon(R) Processor");
        assertThat(Machine.features(x86)).containsExactly("avx2", "fma", "avx512f", "amx_bf16");
        assertThat(Machine.cores(x86)).contains(2);
        List<String> arm = List.of("processor	: 0", "Features	: fp asimd bf16 sve");
        assertThat(Machine.features(arm)).containsExactly("asimd", "bf16", "sve");
        assertThat(Machine.cores(arm)).isEmpty();
    }

    @Test
    void measuresTheCache(@TempDir Path folder) throws IOException {
        Path none = folder.resolve("a/b");
        assertThat(NativeCache.at(none).bytes()).isZero();
        assertThat(NativeCache.at(none).writable()).isTrue();
        Files.createDirectories(none);
        Files.write(none.resolve("x"), new byte[1000]);
        Files.write(folder.resolve("a/y"), new byte[10]);
        assertThat(NativeCache.at(folder).bytes()).isEqualTo(1010);
    }
}
