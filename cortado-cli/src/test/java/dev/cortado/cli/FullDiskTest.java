package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.cli.Shell.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A checkpoint that does not fit: the shell's limit on the size of files makes writing fail as a full disk does.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a bash script")
class FullDiskTest {
    @TempDir
    Path folder;

    private Path recipe;

    @BeforeEach
    void write() throws IOException {
        recipe = Shell.recipe(folder.resolve("tiny.yaml"), Shell.text(folder.resolve("text.txt")));
    }

    /// Most kilobytes of a file. The weights take 570, the optimizer's moments twice that.
    private static List<String> limit(int kilobytes) {
        return List.of("bash", "-c", "ulimit -f " + kilobytes + "; exec \"$@\"", "limited");
    }

    private Object[] train(Path run, String... more) {
        return Shell.words(
                List.of(
                        "train",
                        recipe,
                        "--out",
                        run,
                        "--set",
                        "training.steps=24",
                        "--set",
                        "training.checkpointEvery=5"),
                more);
    }

    @Test
    void theLastCheckpointStaysAndTheRunGoesOnFromIt() throws Exception {
        Path straight = folder.resolve("straight");
        assertThat(Shell.run(train(straight)).code()).isZero();
        Path run = folder.resolve("run");
        // A run killed some time after its first checkpoint.
        Process process = Shell.process(List.of(), train(run))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Path first = run.resolve("checkpoints/step-00000005");
        while (process.isAlive() && !Files.exists(first)) {
            Thread.sleep(1);
        }
        process.destroyForcibly().waitFor();
        List<String> before = names(run.resolve("checkpoints"));
        assertThat(before).contains("step-00000005").doesNotContain("step-00000024");

        Ended full = Shell.await(Shell.process(limit(700), train(run, "--resume")));
        assertThat(full.err().lines().filter(line -> line.startsWith("cortado: ")))
                .singleElement()
                .asString()
                .contains("cannot write optimizer.safetensors of checkpoint " + run.resolve("checkpoints"));
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.out()).isEmpty();
        assertThat(names(run.resolve("checkpoints"))).isEqualTo(before);

        Ended resumed = Shell.run(train(run, "--resume"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.err()).contains("resumed after step").doesNotContain("damaged");
        assertThat(Files.mismatch(run.resolve("model/model.safetensors"), straight.resolve("model/model.safetensors")))
                .isEqualTo(-1);
    }

    /// Without room for the encoded text no run is left behind that would be in the way of the next try.
    @Test
    void aRunThatCannotBeginLeavesNothing() throws Exception {
        Path run = folder.resolve("run");
        Ended full = Shell.await(Shell.process(limit(10), train(run)));
        assertThat(full.err().lines().filter(line -> line.startsWith("cortado: ")))
                .as(full.err())
                .hasSize(1);
        assertThat(full.code()).as(full.err()).isEqualTo(1);
        assertThat(run).doesNotExist();
    }

    private static List<String> names(Path folder) throws IOException {
        try (var paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
