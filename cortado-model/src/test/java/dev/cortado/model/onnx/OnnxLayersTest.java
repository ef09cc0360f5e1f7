package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.CheckpointNames;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.Safetensors;
import dev.cortado.model.weights.SafetensorsWriter;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Layers that no exporter is tested with yet: biases, norms with a shift, weights stored as GPT-2 has them.
@ExtendWith(StrictScopes.class)
class OnnxLayersTest {
    @TempDir
    Path folder;

    @Test
    void layersWithBiasesEqualLibTorchs() throws Exception {
        var random = new SplittableRandom(11);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Map<String, Shape> shapes = Map.of(
                "a.table.weight", Shape.of(7, 4),
                "a.in.weight", Shape.of(6, 4),
                "a.in.bias", Shape.of(6),
                "a.norm.weight", Shape.of(6),
                "a.norm.bias", Shape.of(6),
                "a.out.weight", Shape.of(6, 3),
                "a.out.bias", Shape.of(3));
        shapes.forEach((name, shape) -> weights.put(name, Tensors.normal(shape, 0, 1, random)));
        Path stored = folder.resolve("layers.safetensors");
        SafetensorsWriter.write(
                stored,
                weights.entrySet().stream()
                        .map(e -> OutgoingTensor.of(
                                e.getKey(),
                                DType.F32,
                                e.getValue().shape(),
                                e.getValue().bytes()))
                        .toList());
        Path file = folder.resolve("layers.onnx");
        try (Safetensors source = Safetensors.open(stored)) {
            var graph = new OnnxGraph("layers");
            OnnxLayers layers = new OnnxLayers(graph, source, CheckpointNames.of("")).at("a");
            OnnxDim[] free = {OnnxDim.of("batch"), OnnxDim.of("tokens")};
            OnnxValue ids = graph.input("ids", DType.I64, free);
            OnnxValue seen = graph.input("seen", DType.I64, free);
            OnnxValue raised = layers.biased("in", layers.embedding("table", ids, 7, 4), 4, 6);
            OnnxValue normed = layers.layerNorm("norm", raised, 6, 1e-5);
            OnnxValue y = layers.conv1d("out", normed, 6, 3);
            graph.output("y", y, free[0], free[1], OnnxDim.of(3));
            OnnxValue mask = OnnxAttention.paddingMask(graph, seen);
            graph.output("mask", mask.softmax(-1), free[0], OnnxDim.of(1), OnnxDim.of(1), free[1]);
            layers.finish();
            OnnxWriter.write(file, graph);
        }
        Tensor ids = Tensors.of(new int[] {0, 3, 6, 1}, 2, 2);
        Tensor seen = Tensors.of(new int[] {0, 1, 1, 1}, 2, 2);
        try (var oracle = TwoRuntimes.open(file)) {
            Map<String, Tensor> out = oracle.run(Map.of("ids", ids, "seen", seen));
            Tensor raised = Nn.linear(Nn.embedding(of(weights, "table.weight"), ids), of(weights, "in.weight"))
                    .add(of(weights, "in.bias"));
            Tensor normed = BertReference.layerNorm(raised, of(weights, "norm.weight"), of(weights, "norm.bias"), 1e-5);
            Tensor y = normed.matmul(of(weights, "out.weight")).add(of(weights, "out.bias"));
            assertTensor(Objects.requireNonNull(out.get("y"))).isCloseTo(y, 1e-5, 1e-5);
            assertThat(Objects.requireNonNull(out.get("mask")).toFloats()).containsExactly(0, 1, 0.5f, 0.5f);
        }
        try (OnnxFile read = OnnxFile.open(file)) {
            assertThat(read.names()).containsAll(weights.keySet());
            assertThat(read.find("a.in.weight").orElseThrow().shape()).isEqualTo(Shape.of(6, 4));
            assertThat(read.find("a.out.weight").orElseThrow().shape()).isEqualTo(Shape.of(6, 3));
        }
    }

    private static Tensor of(Map<String, Tensor> weights, String name) {
        return Objects.requireNonNull(weights.get("a." + name));
    }
}
