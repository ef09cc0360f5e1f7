package dev.cortado.model.onnx;

import static dev.cortado.model.onnx.HandMadeOnnx.counting;
import static dev.cortado.model.onnx.HandMadeOnnx.node;
import static dev.cortado.model.onnx.HandMadeOnnx.tensor;
import static dev.cortado.model.onnx.HandMadeOnnx.value;
import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(StrictScopes.class)
class OnnxFileTest {
    @TempDir
    static Path published;

    @TempDir
    Path folder;

    private static Path resource(String name) throws IOException {
        Path file = published.resolve(name);
        if (Files.exists(file)) {
            return file;
        }
        try (InputStream in = Objects.requireNonNull(OnnxFileTest.class.getResourceAsStream("/" + name))) {
            Files.copy(in, file);
        }
        return file;
    }

    private static Tensor read(StoredTensor stored) {
        return Tensors.copyOf(stored.bytes(), stored.dtype(), stored.shape());
    }

    /// Names and shapes of a BertModel as Hugging Face's checkpoints have them.
    private static Map<String, Shape> bert(int layers, long width, long hiddenWidth) {
        Map<String, Shape> all = new LinkedHashMap<>();
        all.put("embeddings.word_embeddings.weight", Shape.of(30522, width));
        all.put("embeddings.position_embeddings.weight", Shape.of(512, width));
        all.put("embeddings.token_type_embeddings.weight", Shape.of(2, width));
        norm(all, "embeddings.LayerNorm", width);
        for (int i = 0; i < layers; i++) {
            String layer = "encoder.layer." + i + ".";
            for (String part : List.of("query", "key", "value")) {
                linear(all, layer + "attention.self." + part, width, width);
            }
            linear(all, layer + "attention.output.dense", width, width);
            norm(all, layer + "attention.output.LayerNorm", width);
            linear(all, layer + "intermediate.dense", width, hiddenWidth);
            linear(all, layer + "output.dense", hiddenWidth, width);
            norm(all, layer + "output.LayerNorm", width);
        }
        linear(all, "pooler.dense", width, width);
        return all;
    }

    private static void linear(Map<String, Shape> all, String name, long in, long out) {
        all.put(name + ".weight", Shape.of(out, in));
        all.put(name + ".bias", Shape.of(out));
    }

    private static void norm(Map<String, Shape> all, String name, long width) {
        all.put(name + ".weight", Shape.of(width));
        all.put(name + ".bias", Shape.of(width));
    }

    @Test
    void aPublishedBertHasAllTensorsOfItsCheckpoint() throws IOException {
        try (OnnxFile bert = OnnxFile.open(resource("all-minilm-l6-v2.onnx"))) {
            assertThat(bert.producer()).isEqualTo("pytorch 1.13.0");
            Map<String, Shape> expected = bert(6, 384, 1536);
            assertThat(expected).hasSize(103);
            assertThat(bert.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            expected.forEach((name, shape) -> {
                StoredTensor found = bert.find(name).orElseThrow();
                assertThat(found.name()).isEqualTo(name);
                assertThat(found.shape()).as(name).isEqualTo(shape);
                assertThat(found.dtype()).isEqualTo(DType.F32);
            });
            assertThat(bert.initializers()).containsKeys("embeddings.position_ids", "onnx::MatMul_885");
            assertThat(bert.inputs()).containsExactly("input_ids", "attention_mask", "token_type_ids");
            // What comes in as [in, out] leaves as [out, in].
            StoredTensor raw = Objects.requireNonNull(bert.initializers().get("onnx::MatMul_896"));
            StoredTensor turned =
                    bert.find("encoder.layer.0.intermediate.dense.weight").orElseThrow();
            assertTensor(read(turned)).isSameAs(read(raw).transpose(0, 1).contiguous());
            assertThat(bert.find("encoder.layer.0.intermediate.dense.weight")).containsSame(turned);
        }
    }

    /// BERT from the imported weights is the graph: no query is taken for a key.
    @Test
    void importedWeightsComputeWhatTheGraphComputes() throws Exception {
        Path file = resource("all-minilm-l6-v2.onnx");
        try (OnnxFile bert = OnnxFile.open(file);
                var oracle = OnnxRuntimeOracle.open(file)) {
            Tensor ids = Tensors.of(new int[] {101, 7592, 2088, 102}, 1, 4);
            Tensor ones = Tensors.of(new int[] {1, 1, 1, 1}, 1, 4);
            Tensor zeros = Tensors.of(new int[] {0, 0, 0, 0}, 1, 4);
            Map<String, Tensor> out =
                    oracle.run(Map.of("input_ids", ids, "attention_mask", ones, "token_type_ids", zeros));
            var reference = new BertReference(bert, 12);
            Tensor hidden = reference.hidden(ids, 6);
            assertTensor(Objects.requireNonNull(out.get("output_0"))).isCloseTo(hidden, 2e-5, 1e-5);
            assertTensor(Objects.requireNonNull(out.get("882"))).isCloseTo(reference.pooled(hidden), 2e-5, 1e-5);
        }
    }

    @Test
    void quantisedModelsAreRefused() throws IOException {
        Path file = resource("all-minilm-l6-v2-q.onnx");
        assertThatThrownBy(() -> OnnxFile.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ": its weights are quantised (node ")
                .hasMessageEndingWith("which is not supported: take the model's float file");
    }

    /// DistilBERT's names, a layer without bias, a Gemm either way round, constants, and a weight used twice.
    @Test
    void anonymousWeightsGetTheNamesOfTheirLayers() throws IOException {
        String attention = "distilbert.transformer.layer.0.attention";
        Path file = HandMadeOnnx.write(
                folder.resolve("distil.onnx"),
                graph -> graph.message(1, node("MatMul", "a", List.of("x", "onnx::MatMul_1"), "1"))
                        .message(1, node("Add", "b", List.of("1", attention + ".q_lin.bias"), "2"))
                        .message(1, node("MatMul", "/head/proj/MatMul_1", List.of("2", "onnx::MatMul_2"), "3"))
                        .message(1, node("Gemm", "c", List.of("3", "onnx::Gemm_3", "classifier.bias"), "4"))
                        .message(
                                1,
                                node("Gemm", "d", List.of("4", "onnx::Gemm_4", "other.bias"), "5")
                                        .message(
                                                5,
                                                new ProtobufBytes()
                                                        .text(1, "transB")
                                                        .integer(3, 1)
                                                        .integer(20, 2)))
                        .message(1, node("MatMul", "e", List.of("5", "kept.weight"), "6"))
                        .message(1, node("MatMul", "f", List.of("6", "nobody"), "7"))
                        .message(5, counting("onnx::MatMul_1", 2, 3))
                        .message(5, counting(attention + ".q_lin.bias", 3))
                        .message(5, counting("onnx::MatMul_2", 3, 2))
                        .message(5, counting("onnx::Gemm_3", 2, 4))
                        .message(5, counting("classifier.bias", 4))
                        .message(5, counting("onnx::Gemm_4", 5, 4))
                        .message(5, counting("other.bias", 5))
                        .message(5, counting("kept.weight", 5, 2))
                        .message(5, counting("nobody", 2, 2))
                        .message(5, counting("/Constant_1", 1))
                        .message(5, counting("epsilon"))
                        .message(5, tensor("ids", DType.I64, 2).integer(7, 3).integer(7, 4))
                        .message(11, value("x"))
                        .message(12, value("7")));
        try (OnnxFile read = OnnxFile.open(file)) {
            assertThat(read.names())
                    .containsExactlyInAnyOrder(
                            attention + ".q_lin.weight",
                            attention + ".q_lin.bias",
                            "head.proj.weight",
                            "classifier.weight",
                            "classifier.bias",
                            "other.weight",
                            "other.bias",
                            "kept.weight",
                            "nobody");
            StoredTensor query = read.find(attention + ".q_lin.weight").orElseThrow();
            assertThat(query.shape()).isEqualTo(Shape.of(3, 2));
            assertThat(Doubles.of(read(query))).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(read.find("head.proj.weight").orElseThrow().shape()).isEqualTo(Shape.of(2, 3));
            assertThat(read.find("classifier.weight").orElseThrow().shape()).isEqualTo(Shape.of(4, 2));
            assertThat(read.find("other.weight").orElseThrow().shape()).isEqualTo(Shape.of(5, 4));
            assertThat(read.find("kept.weight").orElseThrow().shape()).isEqualTo(Shape.of(5, 2));
            assertThat(read.find("onnx::MatMul_1")).isEmpty();
        }
    }

    @Test
    void twoWeightsOfOneLayerAreRefused() throws IOException {
        Path file = HandMadeOnnx.write(
                folder.resolve("two.onnx"),
                graph -> graph.message(1, node("MatMul", "a", List.of("x", "m1"), "1"))
                        .message(1, node("Add", "b", List.of("1", "q.bias"), "2"))
                        .message(1, node("MatMul", "c", List.of("2", "m2"), "3"))
                        .message(1, node("Add", "d", List.of("q.bias", "3"), "4"))
                        .message(5, counting("m1", 2, 2))
                        .message(5, counting("m2", 2, 2))
                        .message(5, counting("q.bias", 2))
                        .message(11, value("x")));
        assertThatThrownBy(() -> OnnxFile.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ": both 'm2' and 'm1' would be 'q.weight'");
    }

    /// Numbers in lists of their own type, packed or one by one, of every element type.
    @Test
    void listsOfNumbersAreLaidOut() throws IOException {
        Path file = HandMadeOnnx.write(
                folder.resolve("lists.onnx"),
                graph -> graph.message(
                                5, tensor("f", DType.F32, 3).float32(4, 1.5f).bytes(4, new byte[] {
                                    0, 0, 0x40, 0x40, 0, 0, 0, 0
                                }))
                        .message(5, tensor("d", DType.F64, 1).bytes(10, new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xF0, 0x3F
                        }))
                        .message(5, tensor("l", DType.I64, 3).integer(7, -1).bytes(7, new byte[] {5, (byte) 0x80, 1}))
                        .message(5, tensor("i", DType.I32, 2).integer(5, -7).integer(5, 7))
                        .message(5, tensor("s", DType.I16, 1).integer(5, -300))
                        .message(5, tensor("b", DType.I8, 1).integer(5, -128))
                        .message(5, tensor("u", DType.U8, 1).integer(5, 255))
                        .message(5, tensor("t", DType.BOOL, 2).integer(5, 1).integer(5, 0))
                        .message(5, tensor("h", DType.F16, 1).integer(5, 0x3C00))
                        .message(5, tensor("w", DType.BF16, 1).integer(5, 0xBF80))
                        .message(5, tensor("none", DType.F32, 0, 4)));
        try (OnnxFile read = OnnxFile.open(file)) {
            Map<String, double[]> expected = Map.of(
                    "f", new double[] {1.5, 3, 0},
                    "d", new double[] {1},
                    "l", new double[] {-1, 5, 128},
                    "i", new double[] {-7, 7},
                    "s", new double[] {-300},
                    "b", new double[] {-128},
                    "u", new double[] {255},
                    "h", new double[] {1},
                    "w", new double[] {-1});
            assertThat(Objects.requireNonNull(read.initializers().get("none"))
                            .bytes()
                            .byteSize())
                    .isZero();
            expected.forEach((name, numbers) -> assertThat(Doubles.of(
                            read(Objects.requireNonNull(read.initializers().get(name)))
                                    .to(DType.F64)))
                    .as(name)
                    .containsExactly(numbers));
            assertThat(Objects.requireNonNull(read.initializers().get("t"))
                            .bytes()
                            .toArray(ValueLayout.JAVA_BYTE))
                    .containsExactly(1, 0);
        }
    }

    @Test
    void viewsDieWithTheFile() throws IOException {
        Path file = HandMadeOnnx.write(folder.resolve("views.onnx"), graph -> graph.message(5, counting("a.bias", 3)));
        OnnxFile read = OnnxFile.open(file);
        StoredTensor bias = read.find("a.bias").orElseThrow();
        assertThat(bias.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 8)).isEqualTo(2);
        read.close();
        read.close();
        assertThatThrownBy(() -> bias.bytes().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void missingFilesAreNamed() {
        Path file = folder.resolve("none.onnx");
        assertThatThrownBy(() -> OnnxFile.open(file))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(file.toString());
    }
}
