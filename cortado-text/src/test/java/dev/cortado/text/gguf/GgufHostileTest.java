package dev.cortado.text.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a file holds, reading it ends in the file's content or in one line that says what is wrong.
class GgufHostileTest {
    @TempDir
    private Path folder;

    private void refuses(String why, GgufHead head) throws IOException {
        refuses(why, head.padded(32).toArray(ValueLayout.JAVA_BYTE), 64);
    }

    private void refuses(String why, byte[] head, int data) throws IOException {
        Path file = Files.write(folder.resolve("hostile.gguf"), Arrays.copyOf(head, head.length + data));
        try (Arena arena = Arena.ofConfined()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Gguf.open(file, arena))
                    .withMessageStartingWith(file.toString())
                    .withMessageContaining(why)
                    .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        }
    }

    private static GgufHead head(long tensors, long pairs) {
        return new GgufHead().int32(Gguf.MAGIC).int32(3).int64(tensors).int64(pairs);
    }

    private static GgufHead tensor(GgufHead head, String name, long offset, long... shape) {
        head.text(name).int32(shape.length);
        for (long extent : shape) {
            head.int64(extent);
        }
        return head.int32(GgmlType.I8.code()).int64(offset);
    }

    @Test
    void tensorsThatShareBytes() throws IOException {
        refuses("'a' and 'b' overlap at byte 0", tensor(tensor(head(2, 0), "a", 0, 32), "b", 0, 32));
        refuses("'b' and 'a' overlap at byte 32", tensor(tensor(head(2, 0), "a", 32, 8), "b", 0, 33));
    }

    @Test
    void tensorsThatAreElsewhere() throws IOException {
        refuses("'a' begins at 8, not a multiple of the alignment 32", tensor(head(1, 0), "a", 8, 8));
        refuses("'a' is said to take 8 bytes from 64", tensor(head(1, 0), "a", 64, 8));
        refuses("cut off or damaged", tensor(head(1, 0), "a", 0, 65));
        refuses("cut off or damaged", tensor(head(1, 0), "a", -32, 8));
        refuses("cut off or damaged", tensor(head(1, 0), "a", Long.MAX_VALUE & -32, 8));
        refuses("cut off or damaged", tensor(head(1, 0), "a", 0, 1L << 60));
        refuses("impossible shape", tensor(head(1, 0), "a", 0, 1L << 60, 1L << 60));
        refuses("impossible shape", tensor(head(1, 0), "a", 0, 1L << 60, 1L << 60, 0));
        refuses("holds a length of", tensor(head(1, 0), "a", 0, -8));
        refuses("5 dimensions", tensor(head(1, 0), "a", 0, 1, 1, 1, 1, 1));
    }

    @Test
    void countsThatLie() throws IOException {
        refuses("tensors", head(1L << 60, 0));
        refuses("metadata", head(0, 1L << 60));
        refuses("metadata '' twice", head(0, 60)); // of zeros
        refuses("characters", head(0, 1).int64(1L << 40));
        refuses("characters", head(0, 1).text("k").int32(GgufCursor.TEXT).int64(1L << 40));
        refuses("characters", head(0, 1).text("k").int32(GgufCursor.TEXT).int64(1000));
        refuses(
                "strings",
                head(0, 1)
                        .text("k")
                        .int32(GgufCursor.ARRAY)
                        .int32(GgufCursor.TEXT)
                        .int64(1L << 60));
        refuses(
                "arrays",
                head(0, 1)
                        .text("k")
                        .int32(GgufCursor.ARRAY)
                        .int32(GgufCursor.ARRAY)
                        .int64(1L << 60));
        refuses(
                "numbers",
                head(0, 1).text("k").int32(GgufCursor.ARRAY).int32(12).int64(1L << 61));
    }

    @Test
    void arraysInArrays() throws IOException {
        GgufHead deep = head(0, 1).text("k").int32(GgufCursor.ARRAY);
        for (int i = 0; i < 100_000; i++) {
            deep.int32(GgufCursor.ARRAY).int64(1);
        }
        refuses("deep", deep);
    }

    /// A name can be long and hold line ends; a message is one line all the same.
    @Test
    void namesInMessages() throws IOException {
        String name = "a\nb\u2028".repeat(100_000);
        refuses("begins at 1,", tensor(head(1, 0), name, 1, 8));
        byte[] twice =
                tensor(tensor(head(2, 0), name, 0, 8), name, 32, 8).padded(32).toArray(ValueLayout.JAVA_BYTE);
        refuses("twice", twice, 64);
    }

    private byte[] small() throws IOException {
        var metadata = new LinkedHashMap<String, GgufValue>();
        metadata.put("general.architecture", new GgufValue.Text("llama"));
        metadata.put("general.alignment", GgufValue.uint32(32));
        metadata.put("a.flag", new GgufValue.Bool(true));
        metadata.put("a.real", GgufValue.float32(0.5));
        metadata.put("a.texts", new GgufValue.Texts(List.of("x", "", "yz")));
        metadata.put("a.numbers", GgufValue.int32s(1, 2, 3));
        metadata.put("a.arrays", new GgufValue.Arrays(List.of(GgufValue.uint8s((byte) 1), GgufValue.bools(true))));
        Path file = folder.resolve("small.gguf");
        GgufWriter.write(
                file,
                metadata,
                List.of(
                        GgufOutgoing.of("a", List.of(32L, 2L), GgmlType.Q8_0, MemorySegment.ofArray(new byte[68])),
                        GgufOutgoing.of("b", List.of(8L), GgmlType.F32, MemorySegment.ofArray(new byte[32]))));
        return Files.readAllBytes(file);
    }

    @Test
    void everyBeginningOfAFile() throws IOException {
        byte[] whole = small();
        Path file = folder.resolve("part.gguf");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            try (Arena arena = Arena.ofConfined()) {
                assertThatIllegalArgumentException()
                        .as("the first %d of %d bytes", length, whole.length)
                        .isThrownBy(() -> Gguf.open(file, arena))
                        .withMessageStartingWith(file.toString());
            }
        }
    }

    @Test
    void damagedFiles() throws IOException {
        byte[] whole = small();
        Path file = folder.resolve("damaged.gguf");
        Seeds.repeat(400, random -> {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
            }
            Files.write(file, damaged);
            try (Arena arena = Arena.ofConfined()) {
                Gguf read = Gguf.open(file, arena);
                Consumer<GgufTensor> touch = tensor -> read.data(tensor).toArray(ValueLayout.JAVA_BYTE);
                read.tensors().forEach(touch);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith(file.toString());
                assertThat(e.getMessage().lines()).hasSize(1);
            }
        });
    }
}
