package dev.cortado.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
    @TempDir
    Path parent;

    private Path folder = Path.of("");
    private CheckpointStore store = new CheckpointStore(Path.of(""));

    @BeforeEach
    void open() {
        folder = parent.resolve("checkpoints");
        store = new CheckpointStore(folder);
    }

    private static SequencedMap<String, CheckpointStore.Content> contents(long step) {
        SequencedMap<String, CheckpointStore.Content> contents = new LinkedHashMap<>();
        contents.put("model.bin", file -> Files.writeString(file, "model of step " + step));
        contents.put("empty.bin", Files::createFile);
        contents.put("state.json", file -> Files.writeString(file, "{\"step\":" + step + "}"));
        return contents;
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private void assertLatest(long step) throws IOException {
        CheckpointStore.Latest latest = store.latest();
        assertThat(latest.damaged()).isEmpty();
        assertThat(latest.intact().orElseThrow().step()).isEqualTo(step);
        assertThat(latest.intact().orElseThrow().file("model.bin")).hasContent("model of step " + step);
    }

    private void assertFallsBack(String reason) throws IOException {
        CheckpointStore.Latest latest = store.latest();
        assertThat(latest.damaged())
                .singleElement()
                .satisfies(damaged -> assertThat(damaged.folder()).hasFileName("step-00000200"))
                .satisfies(
                        damaged -> assertThat(damaged.reason()).contains(reason).hasLineCount(1));
        assertThat(latest.intact().orElseThrow().step()).isEqualTo(100);
    }

    @Test
    void aNewStoreHasNoCheckpoint() throws IOException {
        assertThat(store.latest().intact()).isEmpty();
        assertThat(folder).doesNotExist();
    }

    @Test
    void whatIsWrittenIsTheLatest() throws IOException {
        SequencedMap<String, CheckpointStore.Content> contents = contents(100);
        contents.put("check.txt", file -> Files.writeString(file, "123456789"));
        Checkpoint written = store.write(100, contents);
        assertThat(store.latest().intact()).contains(written);
        assertThat(written.folder().resolve("manifest.json")).isRegularFile();
        assertThat(written.files())
                .extracting(CheckpointFile::name)
                .containsExactly("model.bin", "empty.bin", "state.json", "check.txt");
        // The check value of CRC-32C in every catalogue.
        assertThat(written.files()).contains(new CheckpointFile("check.txt", 9, "e3069283"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> written.file("optimizer.bin"))
                .withMessageContaining("holds no 'optimizer.bin', only [model.bin, empty.bin, state.json, check.txt]");
    }

    @Test
    void theLastOnesAreKept() throws IOException {
        for (long step : new long[] {100, 200, 99_999_999, 100_000_000}) {
            store.write(step, contents(step));
            assertLatest(step);
        }
        assertThat(entries()).containsExactly("step-100000000", "step-99999999");
        new CheckpointStore(folder, 1).write(100_000_001, contents(100_000_001));
        assertThat(entries()).containsExactly("step-100000001");
    }

    @Test
    void laterStepsNeitherCountNorGo() throws IOException {
        store.write(900, contents(900));
        for (long step : new long[] {100, 200, 300}) {
            store.write(step, contents(step));
        }
        assertThat(entries()).containsExactly("step-00000200", "step-00000300", "step-00000900");
    }

    @Test
    void aStepMayBeWrittenAgain() throws IOException {
        store.write(100, contents(7));
        store.write(100, contents(100));
        assertLatest(100);
        assertThat(entries()).containsExactly("step-00000100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.bin", "state.json"})
    void aFlippedBitIsFound(String name) throws IOException {
        store.write(100, contents(100));
        Path file = store.write(200, contents(200)).file(name);
        byte[] bytes = Files.readAllBytes(file);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, damaged);
            assertFallsBack(name + " has checksum");
        }
        Files.write(file, bytes);
        assertLatest(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.bin", "empty.bin", "state.json"})
    void aFileOfAnotherLengthOrNoneIsFound(String name) throws IOException {
        store.write(100, contents(100));
        Path file = store.write(200, contents(200)).file(name);
        long size = Files.size(file);
        Files.writeString(file, "x", StandardOpenOption.APPEND);
        assertFallsBack(name + " has " + (size + 1) + " bytes instead of " + size);
        if (size > 0) {
            Files.write(file, new byte[(int) size - 1]);
            assertFallsBack(name + " has " + (size - 1) + " bytes instead of " + size);
        }
        Files.delete(file);
        assertFallsBack(name + " is missing");
        Files.createDirectory(file);
        assertFallsBack(name + " is missing");
    }

    /// Any single damaged bit of the manifest is found, or changes nothing that the manifest says.
    @Test
    void aDamagedManifestIsNeverBelieved() throws IOException {
        store.write(100, contents(100));
        Checkpoint written = store.write(200, contents(200));
        Path manifest = written.folder().resolve("manifest.json");
        byte[] bytes = Files.readAllBytes(manifest);
        int found = 0;
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(manifest, damaged);
            Checkpoint latest = store.latest().intact().orElseThrow();
            if (latest.step() == 100) {
                found++;
            } else {
                assertThat(latest).as("bit " + bit).isEqualTo(written);
            }
        }
        assertThat(found).isGreaterThan(8 * bytes.length * 9 / 10);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(manifest, Arrays.copyOf(bytes, length));
            assertFallsBack("manifest.json: ");
        }
        Files.delete(manifest);
        assertFallsBack("manifest.json is missing");
    }

    @Test
    void aLyingManifestIsRefused() throws IOException {
        store.write(100, contents(100));
        Path manifest = store.write(200, contents(200)).folder().resolve("manifest.json");
        String file = "{\"name\":\"model.bin\",\"bytes\":17,\"crc32c\":\"0d6b4e32\"}";
        assertLies(manifest, "{\"format\":2,\"step\":200,\"files\":[]}", "format 2, but this version reads 1");
        assertLies(manifest, "{\"format\":1,\"step\":100,\"files\":[]}", "manifest.json is of step 100");
        assertLies(manifest, "{\"format\":1,\"step\":200}", "files");
        assertLies(manifest, "{\"format\":1,\"step\":\"200\",\"files\":[]}", "manifest.json: ");
        assertLies(manifest, "{\"format\":1,\"step\":200.5,\"files\":[]}", "manifest.json: ");
        assertLies(manifest, "{\"format\":1,\"step\":200,\"step\":200,\"files\":[]}", "step");
        assertLies(manifest, "{\"format\":1,\"step\":200,\"files\":[null]}", "manifest.json: ");
        assertLies(manifest, "{\"format\":1,\"step\":200,\"files\":[],\"x\":1}", "\"x\"");
        assertLies(manifest, "{\"format\":1,\"step\":200,\"files\":[]} x", "manifest.json: ");
        assertLies(manifest, "null", "manifest.json: ");
        assertLies(
                manifest,
                "{\"format\":1,\"step\":200,\"files\":[" + file.replace("model.bin", "../step-00000100/model.bin")
                        + "]}",
                "cannot be a file of a checkpoint");
    }

    private void assertLies(Path manifest, String json, String reason) throws IOException {
        Files.writeString(manifest, json);
        assertFallsBack(reason);
    }

    @Test
    void allDamagedOnesAreReported() throws IOException {
        Files.delete(store.write(100, contents(100)).file("model.bin"));
        Files.delete(store.write(200, contents(200)).file("state.json"));
        CheckpointStore.Latest latest = store.latest();
        assertThat(latest.intact()).isEmpty();
        assertThat(latest.damaged())
                .extracting(DamagedCheckpoint::toString)
                .containsExactly(
                        folder.resolve("step-00000200") + ": state.json is missing",
                        folder.resolve("step-00000100") + ": model.bin is missing");
    }

    @Test
    void aFailingWriterHarmsNothing() throws IOException {
        store.write(100, contents(100));
        SequencedMap<String, CheckpointStore.Content> failing = contents(200);
        failing.put("optimizer.bin", file -> {
            Files.writeString(file, "half of it");
            throw new IOException("No space left on device");
        });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.write(200, failing))
                .withMessage(
                        "cannot write optimizer.bin of checkpoint %s (10 bytes of it and 29 bytes of 3 files before"
                                + " it): No space left on device",
                        folder.resolve("step-00000200"));
        failing.put("optimizer.bin", _ -> {
            throw new IllegalStateException("a bug");
        });
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> store.write(100, failing));
        assertThat(entries()).containsExactly("step-00000100");
        assertLatest(100);
    }

    @Test
    void aContentThatCreatesNoFileFails() {
        SequencedMap<String, CheckpointStore.Content> contents = new LinkedHashMap<>();
        contents.put("model.bin", _ -> {});
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.write(1, contents))
                .withMessageContaining("cannot write model.bin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"manifest.json", "../x", "a/b", "a\\b", "", ".", "..", ".hidden", "a b"})
    void badNamesAreRefusedBeforeWriting(String name) {
        SequencedMap<String, CheckpointStore.Content> contents = contents(1);
        contents.put(name, Files::createFile);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.write(1, contents))
                .withMessageContaining("'" + name + "' cannot be a file of a checkpoint");
        assertThat(folder).doesNotExist();
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> store.write(-1, contents(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new CheckpointStore(folder, 0));
    }

    @Test
    void tracesOfKilledWritersAreIgnoredAndCleanedUp() throws IOException {
        store.write(100, contents(100));
        Files.createDirectories(folder.resolve(".tmp-step-00000300/deep"));
        Files.writeString(folder.resolve(".tmp-step-00000300/deep/model.bin"), "half");
        Files.createFile(folder.resolve(".tmp-step-00000200")); // the very name the next write needs
        Files.createDirectory(folder.resolve("step-notes"));
        assertLatest(100);
        store.write(200, contents(200));
        assertThat(entries()).containsExactly("step-00000100", "step-00000200", "step-notes");
    }

    /// A writer killed while it replaced a step: before or after the second of its two renames.
    @Test
    void aHalfReplacedCheckpointIsNotLost() throws IOException {
        Path written = store.write(100, contents(100)).folder();
        Path aside = folder.resolve(".replaced-step-00000100");
        Files.move(written, aside);
        assertThat(store.latest().intact().orElseThrow().folder()).isEqualTo(aside);
        assertLatest(100);
        store.write(200, contents(200));
        assertThat(entries()).containsExactly("step-00000100", "step-00000200");

        Files.createDirectory(aside);
        assertLatest(200);
        store.write(300, contents(300));
        assertThat(entries()).containsExactly("step-00000200", "step-00000300");
    }
}
