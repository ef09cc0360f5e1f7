package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.cortado.cli.Shell.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A run that was stopped, killed or damaged and resumed is the run that was left in peace: the same rows, the same
/// losses to the last bit, the same bytes in the model.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumeTest {
    private static final int STEPS = 60;
    private static final int EVALUATED_EVERY = 30;
    private static final int KILLED_AT = 35;
    private static final String[] BF16 = {"--set", "training.precision=bf16", "--set", "training.accumulation=2"};
    private static final JsonMapper JSON = new JsonMapper();

    private Path folder;
    private Path recipe;
    private Path straight;
    private Path killed;

    @BeforeAll
    void trainAndKill(@TempDir Path temporary) throws Exception {
        folder = temporary;
        recipe = Shell.recipe(folder.resolve("tiny.yaml"), Shell.text(folder.resolve("text.txt")));
        straight = straight("straight");
        killed = kill("killed");
    }

    private Path straight(String name, String... more) {
        Path run = folder.resolve(name);
        Ended ended = Shell.run(train(run, more));
        assertThat(ended.code()).as(ended.err()).isZero();
        return run;
    }

    private Object[] train(Path run, String... more) {
        List<Object> words = new ArrayList<>(List.of("train", recipe, "--out", run));
        words.addAll(List.of(more));
        return words.toArray();
    }

    /// Starts a run in a process of its own and waits until it has done some of its steps.
    private Process begin(Path run, int steps, String... more) throws IOException, InterruptedException {
        Process process = Shell.process(List.of(), train(run, more))
                .redirectOutput(run.resolveSibling(run.getFileName() + ".out").toFile())
                .redirectError(run.resolveSibling(run.getFileName() + ".err").toFile())
                .start();
        Path metrics = run.resolve("metrics.jsonl");
        for (long begin = System.nanoTime(); System.nanoTime() - begin < 120e9; Thread.sleep(1)) {
            if (Files.exists(metrics) && Files.readString(metrics).contains("{\"step\":" + steps + ",")) {
                return process;
            }
            assertThat(process.isAlive())
                    .as(Files.readString(run.resolveSibling(run.getFileName() + ".err")))
                    .isTrue();
        }
        process.destroyForcibly();
        return fail("no " + steps + " steps in two minutes");
    }

    private Path kill(String name, String... more) throws Exception {
        Path run = folder.resolve(name);
        begin(run, KILLED_AT, more).destroyForcibly().waitFor();
        assertThat(run.resolve("model/model.safetensors"))
                .as("killed before the end")
                .doesNotExist();
        return run;
    }

    private Ended resume(Path run, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.add("--resume");
        Ended ended = Shell.run(train(run, all.toArray(String[]::new)));
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended;
    }

    /// What the lines of steps and evaluations say that must be equal: all but times.
    private static List<String> steps(Path run) throws IOException {
        List<String> steps = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode node = JSON.readTree(line);
            if (node.has("heldOutLoss")
                    && node.path("step").intValue() % EVALUATED_EVERY == 0) { // others: where it stopped
                steps.add(node.path("step") + " held out " + node.path("heldOutLoss"));
            }
            if (node.has("rows")) {
                steps.add(node.path("step") + " loss " + node.path("loss") + " lr " + node.path("lr") + " norm "
                        + node.path("gradientNorm") + " tokens " + node.path("tokens") + " rows "
                        + node.path("rows"));
            }
        }
        return steps;
    }

    private static void assertSame(Path run, Path expected) throws IOException {
        assertThat(steps(run)).hasSize(STEPS + STEPS / EVALUATED_EVERY).isEqualTo(steps(expected));
        for (String file : List.of("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json")) {
            assertThat(Files.mismatch(
                            run.resolve("model").resolve(file),
                            expected.resolve("model").resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
    }

    private Path newest(Path run) throws IOException {
        try (var checkpoints = Files.list(run.resolve("checkpoints"))) {
            return checkpoints.max(Path::compareTo).orElseThrow();
        }
    }

    @Test
    void killed() throws Exception {
        Path run = Shell.copy(killed, folder.resolve("killed and resumed"));
        Ended ended = resume(run);
        assertThat(ended.err()).contains("resumed after step 30").doesNotContain("damaged");
        assertSame(run, straight);
    }

    @Test
    void killedInBf16WithAccumulation() throws Exception {
        Path expected = straight("straight bf16", BF16);
        Path run = kill("killed bf16", BF16);
        resume(run, BF16);
        assertSame(run, expected);
        assertThat(steps(run)).isNotEqualTo(steps(straight));
    }

    @Test
    @Tag("slow")
    void killedTwice() throws Exception {
        Path run = folder.resolve("killed twice");
        String[] rarely = {"--set", "training.checkpointEvery=25"};
        begin(run, 35, rarely).destroyForcibly().waitFor();
        begin(run, 52, "--resume", rarely[0], rarely[1]).destroyForcibly().waitFor();
        assertThat(resume(run, rarely).err()).contains("resumed after step 50");
        assertSame(run, straight);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals")
    void asksToStopAndIsResumed() throws Exception {
        Path run = folder.resolve("terminated");
        assertStops(run, begin(run, KILLED_AT), "TERM", 143);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals")
    void controlCAndIsResumed() throws Exception {
        Assumptions.assumeFalse(
                ignoresInterrupts(), "this process ignores SIGINT, and so do its children: started in the background");
        Path run = folder.resolve("interrupted");
        assertStops(run, begin(run, KILLED_AT), "INT", 130);
    }

    private void assertStops(Path run, Process process, String signal, int code) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        process.destroyForcibly();
        String err = Files.readString(folder.resolve(run.getFileName() + ".err"));
        String out = Files.readString(folder.resolve(run.getFileName() + ".out"));
        assertThat(ended).as("ends within 20 seconds: %s %s", out, err).isTrue();
        assertThat(process.exitValue())
                .as("as a process does that a signal ended")
                .isEqualTo(code);
        assertThat(err).doesNotContain("cortado:");
        assertThat(out).startsWith("stopped after ").contains("--resume");
        int done = steps(run).size() - KILLED_AT / EVALUATED_EVERY;
        assertThat(done).isBetween(KILLED_AT, STEPS - 1);
        assertThat(newest(run)).as("the last step is saved").hasFileName("step-000000" + done);
        assertThat(run.resolve("model/model.safetensors"))
                .as("the model so far")
                .exists();
        assertThat(resume(run).err()).contains("resumed after step " + done);
        assertSame(run, straight);
    }

    /// A shell without job control makes processes in the background deaf to Ctrl-C.
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    @Test
    void aFlippedByteCostsOnlyItsCheckpoint() throws Exception {
        Path run = Shell.copy(killed, folder.resolve("flipped"));
        Path newest = newest(run);
        Path weights = newest.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length / 2] ^= 4;
        Files.write(weights, bytes);
        assertFallsBack(run, newest, "model.safetensors has checksum ");
    }

    @Test
    void aMissingManifestCostsOnlyItsCheckpoint() throws Exception {
        Path run = Shell.copy(killed, folder.resolve("no manifest"));
        Path newest = newest(run);
        Files.delete(newest.resolve("manifest.json"));
        assertFallsBack(run, newest, "manifest.json");
    }

    @Test
    void aCutManifestCostsOnlyItsCheckpoint() throws Exception {
        Path run = Shell.copy(killed, folder.resolve("cut manifest"));
        Path newest = newest(run);
        byte[] manifest = Files.readAllBytes(newest.resolve("manifest.json"));
        Files.write(newest.resolve("manifest.json"), java.util.Arrays.copyOf(manifest, manifest.length / 2));
        assertFallsBack(run, newest, "manifest.json");
    }

    private void assertFallsBack(Path run, Path damaged, String why) throws IOException {
        Ended ended = resume(run);
        assertThat(damaged).hasFileName("step-00000030");
        assertThat(ended.err().lines().filter(line -> line.contains("damaged")))
                .singleElement()
                .asString()
                .contains(damaged.toString(), why);
        assertThat(ended.err()).contains("resumed after step 20");
        assertSame(run, straight);
    }

    @Test
    void withoutAnIntactCheckpointItBeginsAgainAndSaysSo() throws Exception {
        Path run = Shell.copy(killed, folder.resolve("all damaged"));
        try (var checkpoints = Files.list(run.resolve("checkpoints"))) {
            for (Path checkpoint : checkpoints.toList()) {
                Files.writeString(checkpoint.resolve("state.json"), "{}", StandardCharsets.UTF_8);
            }
        }
        assertThat(resume(run).err()).contains("no intact checkpoint: starting again");
        assertSame(run, straight);
    }

    /// A crash can leave half a line.
    @Test
    void halfALineOfMetricsIsDropped() throws Exception {
        Path run = Shell.copy(killed, folder.resolve("half a line"));
        Path metrics = run.resolve("metrics.jsonl");
        Files.writeString(metrics, Files.readString(metrics) + "{\"step\":7,\"lo");
        resume(run);
        assertSame(run, straight);
    }

    @Test
    void aFinishedRunThatIsResumedStaysAsItIs() throws Exception {
        Path run = Shell.copy(straight, folder.resolve("finished"));
        resume(run);
        assertThat(steps(run)).as("no step is taken").startsWith(steps(straight).toArray(String[]::new));
        assertThat(steps(run))
                .as("and the last evaluation is done again")
                .endsWith(steps(straight).getLast());
        assertThat(Files.mismatch(run.resolve("model/model.safetensors"), straight.resolve("model/model.safetensors")))
                .isEqualTo(-1);
    }
}
