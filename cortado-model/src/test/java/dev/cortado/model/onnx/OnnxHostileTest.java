package dev.cortado.model.onnx;

import static dev.cortado.model.onnx.HandMadeOnnx.counting;
import static dev.cortado.model.onnx.HandMadeOnnx.node;
import static dev.cortado.model.onnx.HandMadeOnnx.tensor;
import static dev.cortado.model.onnx.HandMadeOnnx.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No file makes opening it do anything but succeed within the file or complain properly.
class OnnxHostileTest {
    private static final int ROUNDS = 5_000;

    @TempDir
    Path folder;

    /// A small file with something of everything: named and anonymous weights, lists, external data, attributes.
    private byte[] small() throws IOException {
        Files.write(folder.resolve("x.onnx_data"), new byte[64]);
        Path file = HandMadeOnnx.write(
                folder.resolve("small.onnx"),
                graph -> graph.message(1, node("MatMul", "/q/MatMul", List.of("x", "m"), "1"))
                        .message(1, node("Add", "add", List.of("1", "q.bias"), "2"))
                        .message(
                                1,
                                node("Transpose", "t", List.of("2"), "3")
                                        .message(
                                                5,
                                                new ProtobufBytes()
                                                        .text(1, "perm")
                                                        .integer(8, 1)
                                                        .integer(8, 0)
                                                        .integer(20, 7)))
                        .text(2, "small")
                        .message(5, counting("m", 2, 3))
                        .message(5, counting("q.bias", 3))
                        .message(5, tensor("list", DType.I64, 2).integer(7, 3).integer(7, 300))
                        .message(5, external("far.weight", "x.onnx_data", "16", "16"))
                        .message(11, value("x"))
                        .message(12, value("3")));
        return Files.readAllBytes(file);
    }

    private static ProtobufBytes external(String name, String location, String offset, String length) {
        return tensor(name, DType.F32, 4)
                .message(13, new ProtobufBytes().text(1, "location").text(2, location))
                .message(13, new ProtobufBytes().text(1, "offset").text(2, offset))
                .message(13, new ProtobufBytes().text(1, "length").text(2, length))
                .integer(14, 1);
    }

    /// Reads the bytes of a file and touches the first and last byte of every tensor; whether it could be read.
    /// The file itself is not written: that would take most of the time.
    private boolean isReadable(byte[] bytes, String what) throws IOException {
        Path file = folder.resolve("hostile.onnx");
        try (Arena arena = Arena.ofConfined()) {
            OnnxFile read = OnnxFile.of(file, MemorySegment.ofArray(bytes), arena);
            for (String name : read.names()) {
                touch(read.find(name).orElseThrow());
            }
            read.initializers().values().forEach(OnnxHostileTest::touch);
            return true;
        } catch (NoSuchFileException e) {
            return false; // external data under a damaged name
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage().lines()).as(what).hasSize(1);
            assertThat(e.getMessage()).as(what).contains(file.toString());
            return false;
        } catch (RuntimeException | Error e) {
            return fail(what, e);
        }
    }

    private static void touch(StoredTensor tensor) {
        long size = tensor.bytes().byteSize();
        if (size > 0) {
            tensor.bytes().get(ValueLayout.JAVA_BYTE, 0);
            tensor.bytes().get(ValueLayout.JAVA_BYTE, size - 1);
        }
    }

    @Test
    void truncatedFilesAreRefused() throws IOException {
        byte[] whole = small();
        assertThat(isReadable(whole, "whole")).isTrue();
        for (int length = 0; length < whole.length; length++) {
            String what = "cut at " + length;
            assertThat(isReadable(Arrays.copyOf(whole, length), what)).as(what).isFalse();
        }
    }

    @Test
    void damagedFilesAreReadWithinBoundsOrRefused() throws IOException {
        byte[] whole = small();
        int opened = 0;
        for (long seed = 0; seed < ROUNDS; seed++) {
            byte[] damaged = damage(new SplittableRandom(seed), whole);
            opened += isReadable(damaged, "seed " + seed) ? 1 : 0;
        }
        assertThat(opened).isBetween(ROUNDS / 100, ROUNDS / 2);
    }

    /// One to three bytes changed, taken out or put in.
    static byte[] damage(RandomGenerator random, byte[] bytes) {
        byte[] damaged = bytes.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt();
                case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    byte[] shorter = Arrays.copyOf(damaged, damaged.length - 1);
                    System.arraycopy(damaged, at + 1, shorter, at, shorter.length - at);
                    damaged = shorter;
                }
                default -> {
                    byte[] longer = Arrays.copyOf(damaged, damaged.length + 1);
                    System.arraycopy(damaged, at, longer, at + 1, damaged.length - at);
                    damaged = longer;
                }
            }
        }
        return damaged;
    }

    private void refused(Consumer<ProtobufBytes> graph, String reason) throws IOException {
        Path file = HandMadeOnnx.write(folder.resolve("bad.onnx"), graph);
        assertThatThrownBy(() -> OnnxFile.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void shapesAndDataMustAgree() throws IOException {
        refused(
                g -> g.message(5, tensor("w", DType.F32, 1L << 60).bytes(9, new byte[4])),
                "initializer 'w' of F32 [1152921504606846976] cannot be 4 bytes");
        refused(
                g -> g.message(5, tensor("w", DType.F32, 1L << 60).float32(4, 1)),
                "initializer 'w' holds 1 numbers where its shape says 1152921504606846976");
        refused(
                g -> g.message(5, tensor("w", DType.F64, 1L << 60, 2).bytes(9, new byte[4])),
                "more than 2^63 - 1 bytes");
        refused(
                g -> g.message(5, tensor("w", DType.F32, 1L << 60, 1L << 60).bytes(9, new byte[4])),
                "has too many elements");
        refused(g -> g.message(5, tensor("w", DType.F32, -4).bytes(9, new byte[4])), "negative size in shape [-4]");
        refused(g -> g.message(5, tensor("w", DType.F32, 2).bytes(9, new byte[9])), "cannot be 9 bytes");
        refused(g -> g.message(5, tensor("w", DType.F32, 2)), "initializer 'w' of F32 holds no data");
        refused(
                g -> g.message(5, tensor("w", DType.F32, 1).integer(7, 1)),
                "initializer 'w' of F32 holds data of another type");
        refused(g -> g.message(5, tensor("w", DType.U8, 1).integer(5, 256)), "initializer 'w' of U8 holds 256");
        refused(
                g -> g.message(
                        5, new ProtobufBytes().integer(1, 1).integer(2, 8).text(8, "w")),
                "initializer 'w' has element type 8, which is not supported");
        refused(
                g -> g.message(5, tensor("w", DType.F32, new long[1000]).bytes(9, new byte[4])),
                "more than 32 dimensions");
        refused(
                g -> g.message(5, tensor("w", DType.F32, 1L << 40).length(9, 1L << 42)),
                "a length of 4398046511104 where 0 bytes are left");
        refused(g -> g.message(5, tensor("", DType.F32, 1).bytes(9, new byte[4])), "without a name");
        refused(g -> g.message(5, counting("w", 1)).message(5, counting("w", 1)), "holds two initializers named 'w'");
    }

    /// An empty matrix may say it has 2^60 rows: nothing may count to there.
    @Test
    void emptyMatricesOfManyRowsAreEmpty() throws IOException {
        Path file = HandMadeOnnx.write(
                folder.resolve("empty.onnx"),
                g -> g.message(1, node("MatMul", "/q/MatMul", List.of("x", "m"), "y"))
                        .message(5, tensor("m", DType.F32, 1L << 60, 0).bytes(9, new byte[0]))
                        .message(11, value("x")));
        try (OnnxFile read = OnnxFile.open(file)) {
            assertThat(read.find("q.weight").orElseThrow().shape().sizes()).containsExactly(0, 1L << 60);
        }
    }

    @Test
    void externalDataStaysInTheFolder() throws IOException {
        Files.write(folder.resolve("data"), new byte[20]);
        for (String location :
                List.of("../../etc/passwd", "/etc/passwd", "..", ".", "", "a\\b", "c:data", "sub/data")) {
            refused(
                    g -> g.message(5, external("w", location, "0", "16")),
                    "is at '" + location + "', which is no file name of the model's folder");
        }
        refused(g -> g.message(5, external("w", "data", "8", "16")), "is at 8 + 16 bytes of data, which has 20");
        refused(g -> g.message(5, external("w", "data", "0", "8")), "has 8 bytes where the tensor's shape says 16");
        refused(g -> g.message(5, external("w", "data", "-1", "16")), "has offset '-1'");
        refused(g -> g.message(5, external("w", "data", "9223372036854775807", "16")), "is at 9223372036854775807");
        refused(g -> g.message(5, external("w", "data", "many", "16")), "has offset 'many'");
        Path missing =
                HandMadeOnnx.write(folder.resolve("missing.onnx"), g -> g.message(5, external("w", "gone", "0", "16")));
        assertThatThrownBy(() -> OnnxFile.open(missing))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("gone");
        Files.createDirectory(folder.resolve("folder"));
        Path directory = HandMadeOnnx.write(
                folder.resolve("directory.onnx"), g -> g.message(5, external("w", "folder", "0", "16")));
        assertThatThrownBy(() -> OnnxFile.open(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a regular file");
    }

    @Test
    void graphsMustHaveAnOrder() throws IOException {
        refused(
                g -> g.message(1, node("Neg", "A", List.of("b"), "a")).message(1, node("Neg", "B", List.of("a"), "b")),
                "node Neg 'A' needs 'b', which is made only later, by node Neg 'B': the graph has a cycle");
        refused(g -> g.message(1, node("Neg", "A", List.of("a"), "a")), "the graph has a cycle");
        refused(g -> g.message(1, node("Neg", "A", List.of("z"), "a")), "needs 'z', which nothing makes");
        refused(
                g -> g.message(11, value("x"))
                        .message(1, node("Neg", "A", List.of("x"), "a"))
                        .message(1, node("Neg", "B", List.of("x"), "a")),
                "node Neg 'B' makes 'a', which is there already");
        refused(g -> g.message(12, value("y")), "the graph's output 'y' is made by no node");
        refused(g -> g.message(1, node("", "A", List.of(), "a")), "a node 'A' without an operator");
    }

    /// Graphs in attributes of nodes of graphs, ten thousand deep.
    @Test
    void nestingIsPassedOver() throws IOException {
        var graph = new ProtobufBytes();
        for (int i = 0; i < 10_000; i++) {
            graph = new ProtobufBytes()
                    .message(
                            1,
                            node("If", "if", List.of(), "")
                                    .message(
                                            5,
                                            new ProtobufBytes()
                                                    .text(1, "g")
                                                    .integer(20, 5)
                                                    .message(6, graph)));
        }
        Path file = Files.write(folder.resolve("deep.onnx"), HandMadeOnnx.model(graph));
        try (OnnxFile read = OnnxFile.open(file)) {
            assertThat(read.nodes()).hasSize(1);
            assertThat(read.nodes().getFirst().attributes()).containsEntry("g", new OnnxAttribute.Unread(5));
        }
    }

    /// Each part takes two bytes of the file and fifty of memory.
    @Test
    void partsAreCounted() throws IOException {
        byte[] inputs = new byte[3 << 20];
        for (int i = 0; i < inputs.length; i += 2) {
            inputs[i] = (1 << 3) | ProtobufMessage.LENGTH;
        }
        refused(g -> g.bytes(1, inputs), "holds a graph of more than 1048576 parts");
    }

    @Test
    void namesAreOfOneLine() throws IOException {
        refused(g -> g.message(5, counting("a\nb", 1)), "a name with control characters");
        refused(g -> g.message(5, counting("a".repeat(5000), 1)), "a name of 5000 bytes");
        refused(
                g -> g.message(5, tensor("w", DType.F32, 1).bytes(8, new byte[] {(byte) 0xFF})),
                "a name that is not UTF-8");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.onnx"), "{\"architectures\": []}");
        assertThatThrownBy(() -> OnnxFile.open(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text + ": ");
        Path empty = Files.createFile(folder.resolve("nothing.onnx"));
        assertThatThrownBy(() -> OnnxFile.open(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(empty + ": holds no graph: no ONNX model, or a truncated one");
        assertThatThrownBy(() -> OnnxFile.open(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(folder + " is not a regular file");
    }
}
