package dev.cortado.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of a real process that does nothing but write checkpoints.
class KilledWriterTest {
    private static final int ROUNDS = 5;
    private static final int FILE_BYTES = 1 << 20;

    @TempDir
    Path parent;

    @Test
    void theStoreAlwaysYieldsWhatWasLastWritten() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path folder = parent.resolve("checkpoints");
        Path written = parent.resolve("written");
        Files.createFile(written);
        var store = new CheckpointStore(folder);
        for (int round = 0; round < ROUNDS; round++) {
            String run = "seed " + seed + ", round " + round;
            long before = Files.size(written);
            Process writer = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            folder.toString(),
                            written.toString())
                    .inheritIO()
                    .start();
            try {
                awaitGrowth(written, before, writer);
                Thread.sleep(random.nextInt(80));
            } finally {
                writer.destroyForcibly().waitFor();
            }
            CheckpointStore.Latest latest = store.latest();
            assertThat(latest.damaged()).as(run).isEmpty();
            Checkpoint checkpoint = latest.intact().orElseThrow();
            // One byte is appended after each return of write(); the step after it may be in place as well.
            assertThat(checkpoint.step()).as(run).isBetween(Files.size(written), Files.size(written) + 1);
            for (CheckpointFile file : checkpoint.files()) {
                assertThat(Files.readAllBytes(checkpoint.file(file.name())))
                        .as(run)
                        .isEqualTo(Writer.content(checkpoint.step()));
            }
            // The books are put right for the next round, where the writer goes on from this step.
            Files.write(written, new byte[(int) checkpoint.step()]);
        }
    }

    private static void awaitGrowth(Path file, long size, Process writer) throws IOException, InterruptedException {
        for (int i = 0; i < 4000; i++) {
            if (Files.size(file) > size) {
                return;
            }
            assertThat(writer.isAlive()).as("the writer lives").isTrue();
            Thread.sleep(5);
        }
        fail("no checkpoint in 20 seconds");
    }

    /// The child process.
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            var store = new CheckpointStore(Path.of(args[0]));
            long last = store.latest().intact().map(Checkpoint::step).orElse(0L);
            for (long step = last + 1; ; step++) {
                byte[] content = content(step);
                SequencedMap<String, CheckpointStore.Content> contents = new LinkedHashMap<>();
                contents.put("model.bin", file -> Files.write(file, content));
                contents.put("optimizer.bin", file -> Files.write(file, content));
                store.write(step, contents);
                Files.write(Path.of(args[1]), new byte[1], StandardOpenOption.APPEND);
            }
        }

        static byte[] content(long step) {
            byte[] content = new byte[FILE_BYTES];
            Arrays.fill(content, (byte) step);
            return content;
        }
    }
}
