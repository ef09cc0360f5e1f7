package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Output output = Output.of(out, err);

    /// A command that does whatever a test wants.
    @Command(name = "probe")
    static final class Probe implements Callable<Integer> {
        private final Callable<Integer> work;

        @Option(names = "--count")
        int count;

        @Option(names = "--text")
        String text = "";

        Probe(Callable<Integer> work) {
            this.work = work;
        }

        @Override
        public Integer call() throws Exception {
            return work.call();
        }
    }

    private int run(Callable<Integer> work, String... args) {
        return new Main(output, false).run(List.of(new Probe(work)), args);
    }

    private int runThrowing(Throwable thrown) {
        return run(
                () -> {
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    throw (Exception) thrown;
                },
                "probe");
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void assertEnded(int code, int expected, String line) {
        assertThat(err()).isEqualToNormalizingNewlines(line + "\n");
        assertThat(out()).isEmpty();
        assertThat(code).isEqualTo(expected);
        err.reset();
    }

    @Test
    void wrongInputIsTwo() {
        assertEnded(
                runThrowing(new IllegalArgumentException("a.yaml: lr must be\n  above 0")),
                2,
                "cortado: a.yaml: lr must be above 0");
        assertEnded(runThrowing(new NoSuchFileException("m.gguf")), 2, "cortado: m.gguf: no such file or folder");
        assertEnded(runThrowing(new NotDirectoryException("m")), 2, "cortado: m: not a folder");
        assertEnded(runThrowing(new AccessDeniedException("m")), 2, "cortado: m: permission denied");
        assertEnded(
                runThrowing(new FileAlreadyExistsException("m")),
                2,
                "cortado: m: is already there; name another place or remove it first");
        assertEnded(
                run(() -> Path.of("\u0000").getNameCount(), "probe"),
                2,
                "cortado: not a path on this system: Nul character not allowed: \u0000");
    }

    @Test
    void aFolderReadAsAFileIsWrongInput(@TempDir Path folder) {
        assertEnded(
                run(() -> Files.readString(folder).length(), "probe"),
                2,
                "cortado: Is a directory; name a file instead");
    }

    @Test
    void failedWorkIsOne() {
        assertEnded(runThrowing(new IOException("connection reset")), 1, "cortado: connection reset");
        assertEnded(
                runThrowing(new IOException("ck/model: No space left on device")),
                1,
                "cortado: the disk is full: ck/model: No space left on device; free some space and run it again");
        assertEnded(
                runThrowing(new IllegalStateException("broken\nat frame 1")),
                1,
                "cortado: IllegalStateException: broken; run with CORTADO_TRACE=1 for the stack trace");
        assertEnded(
                runThrowing(new NullPointerException()),
                1,
                "cortado: NullPointerException; run with CORTADO_TRACE=1 for the stack trace");
        assertEnded(
                runThrowing(new OutOfMemoryError("Java heap space")),
                1,
                "cortado: out of memory (Java heap space); the Java heap grows with CORTADO_JAVA_OPTS=-Xmx8g");
        assertEnded(
                runThrowing(new StackOverflowError()),
                1,
                "cortado: StackOverflowError; run with CORTADO_TRACE=1 for the stack trace");
    }

    @Test
    void wrappersAreTakenOff() {
        assertEnded(
                runThrowing(new UncheckedIOException(new NoSuchFileException("x"))),
                2,
                "cortado: x: no such file or folder");
        assertEnded(
                runThrowing(new CompletionException(new ExecutionException(new IllegalArgumentException("no")))),
                2,
                "cortado: no");
        assertEnded(runThrowing(new RuntimeException(new IllegalArgumentException("no"))), 2, "cortado: no");
        assertEnded(
                runThrowing(new RuntimeException("words", new IllegalArgumentException("no"))),
                1,
                "cortado: RuntimeException: words; run with CORTADO_TRACE=1 for the stack trace");
    }

    @Test
    void wrongCommandLinesAreTwoWithAHint() {
        assertEnded(run(() -> 0, "prob"), 2, "cortado: unknown command 'prob'; did you mean 'probe'?");
        assertEnded(
                run(() -> 0, "quite-another"), 2, "cortado: unknown command 'quite-another' (see 'cortado --help')");
        assertEnded(
                run(() -> 0, "probe", "--cuont=3"), 2, "cortado: unknown option '--cuont'; did you mean '--count'?");
        assertEnded(
                run(() -> 0, "probe", "--zzzzzz"),
                2,
                "cortado: unknown option '--zzzzzz' (see 'cortado probe --help')");
        assertEnded(
                run(() -> 0, "probe", "stray"), 2, "cortado: unexpected argument 'stray' (see 'cortado probe --help')");
        assertEnded(
                run(() -> 0, "probe", "--count=x"),
                2,
                "cortado: invalid value for option '--count': 'x' is not an int (see 'cortado probe --help')");
        assertEnded(run(() -> 0), 2, "cortado: name a command: probe (see 'cortado --help')");
    }

    @Test
    void aPromptMayBeginWithAnAtSign() {
        Probe probe = new Probe(() -> 0);
        assertThat(new Main(output, false).run(List.of(probe), "probe", "--text", "@home"))
                .isZero();
        assertThat(probe.text).isEqualTo("@home");
    }

    /// A command that only holds others.
    @Command(name = "group")
    static final class Group {}

    @Test
    void commandsOfAGroupAreCommands() {
        Probe probe = new Probe(() -> {
            output.result(Map.of("n", 3), "n 3");
            return 0;
        });
        Supplier<List<CommandLine>> commands = () -> List.of(new CommandLine(new Group()).addSubcommand(probe));
        Main main = new Main(output, false);
        assertThat(main.run(commands.get(), "group", "probe", "--json")).isZero();
        assertThat(out()).isEqualToNormalizingNewlines("{\"n\":3}\n");
        out.reset();
        assertEnded(
                main.run(commands.get(), "group"),
                2,
                "cortado: missing required subcommand (see 'cortado group --help')");
        assertEnded(
                main.run(commands.get(), "group", "prob"), 2, "cortado: unknown command 'prob'; did you mean 'probe'?");
    }

    @Test
    void traceIsPrintedOnRequest() {
        new Main(output, true).run(List.of(new Probe(() -> 1 / "".length())), "probe");
        assertThat(err()).startsWith("cortado: ArithmeticException: / by zero").contains("MainTest");
    }

    @Test
    void resultsAreTextOrOneJsonObject() {
        Callable<Integer> work = () -> {
            output.note("reading");
            output.stream("piece");
            output.result(Map.of("größe", 3), "Größe 3");
            return 0;
        };
        assertThat(run(work, "probe")).isZero();
        assertThat(out()).isEqualToNormalizingNewlines("pieceGröße 3\n");
        assertThat(err()).isEqualToNormalizingNewlines("reading\n");
        out.reset();
        err.reset();
        assertThat(run(work, "probe", "--json")).isZero();
        assertThat(out()).isEqualToNormalizingNewlines("{\"größe\":3}\n");
        assertThat(err()).isEqualToNormalizingNewlines("reading\npiece");
    }

    @Test
    void aLostResultIsAFailure() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Output lossy = Output.of(full, err);
        Probe probe = new Probe(() -> {
            lossy.result(Map.of(), "result");
            return 0;
        });
        assertEnded(
                new Main(lossy, false).run(List.of(probe), "probe"),
                1,
                "cortado: the result could not be written: standard output is closed or its disk is full");
    }

    @Test
    void helpAndVersion() {
        assertThat(run(() -> 0, "--help")).isZero();
        assertThat(out()).contains("probe").contains("--json").contains("Exit codes");
        out.reset();
        assertThat(run(() -> 0, "probe", "--help")).isZero();
        assertThat(out()).startsWith("Usage: cortado probe");
        out.reset();
        assertThat(run(() -> 0, "--version")).isZero();
        assertThat(out()).matches("cortado \\d+\\.\\d+\\.\\d+\\S* \\(Java \\d+.*\\)\\R");
        assertThat(err()).isEmpty();
    }
}
