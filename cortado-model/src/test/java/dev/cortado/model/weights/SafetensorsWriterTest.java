package dev.cortado.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    private static final OutgoingTensor SMALL =
            OutgoingTensor.of("small", DType.F32, Shape.of(2), MemorySegment.ofArray(new float[] {1, 2}));

    @TempDir
    Path folder;

    private Path file = Path.of("");
    private byte[] before = {};

    @BeforeEach
    void somethingIsThereAlready() throws IOException {
        file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, List.of(SMALL));
        before = Files.readAllBytes(file);
    }

    private void assertUnharmed() throws IOException {
        assertThat(HandMade.names(folder)).containsExactly("model.safetensors");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void contentMayComeInPartsFromAnyMemory() throws IOException {
        long count = 5_000_000; // 20 MB: more than one step of the writer
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment half = arena.allocate(ValueLayout.JAVA_FLOAT, count / 2);
            half.setAtIndex(ValueLayout.JAVA_FLOAT, count / 2 - 1, 3);
            float[] rest = new float[(int) count / 2];
            rest[rest.length - 1] = 4;
            var parts = new OutgoingTensor("x", DType.F32, Shape.of(count), sink -> {
                sink.write(half);
                sink.write(MemorySegment.ofArray(rest));
            });
            SafetensorsWriter.write(file, List.of(parts));
        }
        try (Safetensors read = Safetensors.open(file)) {
            MemorySegment x = read.find("x").orElseThrow().bytes();
            assertThat(x.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, count / 2 - 1))
                    .isEqualTo(3);
            assertThat(x.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, count - 1))
                    .isEqualTo(4);
        }
    }

    @Test
    void aFailingContentLeavesNothingBehind() throws IOException {
        var failing = new OutgoingTensor("w", DType.F32, Shape.of(4), sink -> {
            sink.write(MemorySegment.ofArray(new float[2]));
            throw new IOException("the source is gone");
        });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SafetensorsWriter.write(file, List.of(SMALL, failing)))
                .withMessage(
                        "cannot write tensor 'w' (16 bytes) to %s, failed after 8 bytes: the source is gone", file);
        assertUnharmed();
    }

    @Test
    void contentMustBeAsLongAsItsShape() throws IOException {
        var content = MemorySegment.ofArray(new float[3]);
        var tooLong = new OutgoingTensor("w", DType.F32, Shape.of(2), sink -> sink.write(content));
        var tooShort = new OutgoingTensor("w", DType.F32, Shape.of(4), sink -> sink.write(content));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.write(file, List.of(tooLong)))
                .withMessageContaining("'w' (8 bytes)")
                .withMessageContaining("is longer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.write(file, List.of(tooShort)))
                .withMessageContaining("ended after 12 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutgoingTensor.of("w", DType.F32, Shape.of(4), content))
                .withMessage("tensor 'w' of F32 [4] cannot be 12 bytes");
        assertUnharmed();
    }

    @Test
    void wrongNamesAndPlacesAreRefusedBeforeWriting() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.write(file, List.of(SMALL, SMALL)))
                .withMessageContaining("two tensors named 'small'");
        for (String name : new String[] {"", "__metadata__", "\ud800"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> OutgoingTensor.of(name, DType.F32, Shape.of(), MemorySegment.ofArray(new int[1])))
                    .withMessageContaining("cannot be named");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.write(folder, List.of(SMALL)))
                .withMessageContaining("is a folder");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> SafetensorsWriter.write(folder.resolve("none/x.safetensors"), List.of(SMALL)))
                .withMessageContaining("none: the folder to write");
        assertUnharmed();
    }

    /// A real refusal of the operating system in the middle of a tensor: files of a child process may not pass
    /// 1 MiB.
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aFullDiskLeavesNothingBehind() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -f 1024; exec \"$@\"",
                        "bash",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullDisk.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output)
                .contains("cannot write tensor 'large' (4194304 bytes) to " + file)
                .contains("File too large");
        assertThat(child.exitValue()).isEqualTo(1);
        assertUnharmed();
    }

    /// The child: dies of the exception, which the JVM prints.
    static final class FullDisk {
        private FullDisk() {}

        public static void main(String[] args) throws IOException {
            var large =
                    OutgoingTensor.of("large", DType.U8, Shape.of(4 << 20), MemorySegment.ofArray(new byte[4 << 20]));
            SafetensorsWriter.write(Path.of(args[0]), List.of(large));
        }
    }
}
