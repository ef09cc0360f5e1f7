package dev.cortado.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
    @TempDir
    Path folder;

    private static OnnxGraph graph(OutgoingTensor... weights) {
        var graph = new OnnxGraph("test");
        OnnxValue x = graph.input("x", DType.F32, OnnxDim.of("n"));
        OnnxValue sum = x;
        for (OutgoingTensor weight : weights) {
            sum = sum.add(graph.weight(weight));
        }
        graph.output("y", sum, OnnxDim.of("n"));
        return graph;
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static OutgoingTensor tensor(String name, byte[] bytes) {
        return OutgoingTensor.of(name, DType.F32, Shape.of(bytes.length / 4), MemorySegment.ofArray(bytes));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] stored(OnnxFile file, String name) {
        return Objects.requireNonNull(file.initializers().get(name)).bytes().toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void weightsComeBackFromInsideAndOutside() throws IOException {
        Path file = folder.resolve("model.onnx");
        byte[] small = random(1, 12);
        byte[] large = random(2, 6000);
        byte[] larger = random(3, 9000);
        OnnxGraph graph = graph(tensor("small", small), tensor("large", large), tensor("larger", larger));
        for (long inside : new long[] {0, OnnxWriter.INSIDE_BYTES}) {
            OnnxWriter.write(file, graph, inside);
            try (OnnxFile read = OnnxFile.open(file)) {
                assertThat(read.initializers()).containsOnlyKeys("small", "large", "larger");
                assertThat(stored(read, "small")).isEqualTo(small);
                assertThat(stored(read, "large")).isEqualTo(large);
                assertThat(stored(read, "larger")).isEqualTo(larger);
                assertThat(read.nodes())
                        .extracting(OnnxNode::operator)
                        .containsExactly("Add", "Add", "Add", "Identity");
                assertThat(read.opsets()).containsEntry("", 17L);
                assertThat(read.producer()).isEqualTo("cortado");
            }
            // External data of an earlier model does not stay behind.
            assertThat(files())
                    .containsExactlyElementsOf(
                            inside == 0 ? List.of("model.onnx", "model.onnx_data") : List.of("model.onnx"));
        }
    }

    @Test
    void externalTensorsBeginAtPages() throws IOException {
        Path file = folder.resolve("model.onnx");
        byte[] second = random(2, 6000);
        OnnxWriter.write(file, graph(tensor("first", random(1, 5000)), tensor("second", second)), 0);
        byte[] data = Files.readAllBytes(folder.resolve("model.onnx_data"));
        assertThat(data).hasSize(8192 + 6000);
        assertThat(Arrays.copyOfRange(data, 8192, data.length)).isEqualTo(second);
    }

    @Test
    void failingContentCostsNothingThatWasThere() throws IOException {
        Path file = folder.resolve("model.onnx");
        OnnxWriter.write(file, graph(tensor("first", random(1, 5000))), 0);
        byte[] before = Files.readAllBytes(file);
        var failing = new OutgoingTensor("broken", DType.F32, Shape.of(1000), sink -> {
            sink.write(MemorySegment.ofArray(new byte[8]));
            throw new IOException("no more");
        });
        var shorter = new OutgoingTensor(
                "short", DType.F32, Shape.of(1000), sink -> sink.write(MemorySegment.ofArray(new byte[8])));
        for (long inside : new long[] {0, OnnxWriter.INSIDE_BYTES}) {
            assertThatThrownBy(() -> OnnxWriter.write(file, graph(failing), inside))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("'broken'");
            assertThatThrownBy(() -> OnnxWriter.write(file, graph(shorter), inside))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("its content ended after 8 bytes");
            assertThat(files()).containsExactly("model.onnx", "model.onnx_data");
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    /// Attributes and names survive the way there and back.
    @Test
    void nodesComeBack() throws IOException {
        Path file = folder.resolve("model.onnx");
        var graph = new OnnxGraph("nodes");
        OnnxValue x = graph.input("x", DType.F32, OnnxDim.of(2), OnnxDim.of("n"));
        OnnxValue y = graph.within("a.b", () -> x.transpose(1, 0).softmax(-1))
                .layerNormalization(graph.numbers(1, 1), graph.numbers(0, 0), 0.5);
        graph.output("y", y, OnnxDim.of("n"), OnnxDim.of(2));
        OnnxWriter.write(file, graph);
        try (OnnxFile read = OnnxFile.open(file)) {
            assertThat(read.nodes()).isEqualTo(graph.nodes());
            assertThat(read.inputs()).containsExactly("x");
            assertThat(read.outputs()).containsExactly("y");
        }
    }
}
