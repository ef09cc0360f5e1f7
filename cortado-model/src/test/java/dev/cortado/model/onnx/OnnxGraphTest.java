package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.layer.Activation;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Graphs run by ONNX Runtime, and by our own evaluator, give what LibTorch gives.
@ExtendWith(StrictScopes.class)
class OnnxGraphTest {
    @TempDir
    Path folder;

    private static Tensor normal(RandomGenerator random, long... sizes) {
        Shape shape = Shape.of(sizes);
        return shape.count() == 0 ? Tensors.zeros(shape, DType.F32, Device.CPU) : Tensors.normal(shape, 0, 1, random);
    }

    private static OnnxValue weight(OnnxGraph graph, String name, Tensor tensor) {
        return graph.weight(OutgoingTensor.of(name, tensor.dtype(), tensor.shape(), tensor.bytes()));
    }

    private static OnnxDim[] free(Tensor tensor, String name) {
        OnnxDim[] dims = new OnnxDim[tensor.rank()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = OnnxDim.of(name + i);
        }
        return dims;
    }

    /// One function of one tensor, here and there.
    private record Operation(BiFunction<OnnxGraph, OnnxValue, OnnxValue> there, UnaryOperator<Tensor> here) {}

    private static Operation operation(UnaryOperator<OnnxValue> there, UnaryOperator<Tensor> here) {
        return new Operation((_, x) -> there.apply(x), here);
    }

    private static Tensor positive(Tensor x) {
        return x.square().add(0.5);
    }

    private static OnnxValue positive(OnnxValue x) {
        return x.mul(x).add(0.5);
    }

    /// Functions of a tensor [3, 4].
    private static Map<String, Operation> operations() {
        Map<String, Operation> all = new LinkedHashMap<>();
        all.put("add", operation(x -> x.add(x), x -> x.add(x)));
        all.put("sub", operation(x -> x.sub(positive(x)), x -> x.sub(positive(x))));
        all.put("div", operation(x -> x.div(positive(x)), x -> x.div(positive(x))));
        all.put("pow", operation(x -> x.pow(3), x -> x.pow(3)));
        all.put("neg", operation(OnnxValue::neg, Tensor::neg));
        all.put("abs", operation(OnnxValue::abs, x -> x.square().sqrt()));
        all.put("sqrt", operation(x -> positive(x).sqrt(), x -> positive(x).sqrt()));
        all.put(
                "reciprocal",
                operation(x -> positive(x).reciprocal(), x -> positive(x).pow(-1)));
        all.put("exp", operation(OnnxValue::exp, Tensor::exp));
        all.put("log", operation(x -> positive(x).log(), x -> positive(x).log()));
        all.put("cos", operation(OnnxValue::cos, Tensor::cos));
        all.put("sin", operation(OnnxValue::sin, Tensor::sin));
        all.put("sigmoid", operation(OnnxValue::sigmoid, Tensor::sigmoid));
        all.put(
                "tanh",
                operation(OnnxValue::tanh, x -> x.mul(2).sigmoid().mul(2).add(-1)));
        all.put("relu", operation(OnnxValue::relu, x -> x.maskedFill(x.lt(x.mul(0)), 0)));
        all.put("softmax", operation(x -> x.softmax(0), x -> x.softmax(0)));
        all.put("mean", operation(x -> x.reduceMean(-1), x -> x.mean(-1)));
        all.put("transpose", operation(x -> x.transpose(1, 0), x -> x.transpose(0, 1)));
        all.put("reshape", operation(x -> x.reshape(2, -1), x -> x.reshape(2, 6)));
        all.put("unsqueeze", operation(x -> x.unsqueeze(1, 3), x -> x.reshape(3, 1, 4, 1)));
        all.put("squeeze", operation(x -> x.unsqueeze(1).squeeze(1), x -> x));
        all.put("slice", operation(x -> x.slice(1, 1, -1), x -> x.slice(1, 1, -1)));
        all.put("timesTransposed", operation(x -> x.timesTransposed(x), x -> x.matmul(x.transpose(0, 1))));
        all.put("concat", new Operation((g, x) -> g.concat(1, x, x), x -> Tensors.cat(List.of(x, x), 1)));
        all.put(
                "gather",
                new Operation(
                        (g, x) -> x.gather(0, g.integers(2, 0)),
                        x -> Tensors.cat(List.of(x.slice(0, 2), x.slice(0, 0, 1)), 0)));
        all.put(
                "where",
                operation(
                        x -> x.less(x.mul(x)).where(x, x.mul(0)),
                        x -> x.maskedFill(x.lt(x.square()).not(), 0)));
        all.put(
                "compare",
                operation(
                        x -> x.greater(x.mul(x)).or(x.equal(x).not()).not().cast(DType.F32),
                        x -> x.gt(x.square()).not().to(DType.F32)));
        all.put(
                "expand",
                new Operation(
                        (g, x) -> x.unsqueeze(0).expand(g.integers(2, 3, 4)),
                        x -> x.unsqueeze(0).expand(2, 3, 4)));
        all.put(
                "filled",
                new Operation(
                        (_, x) -> x.graph().filled(x.shape(), 2), x -> x.mul(0).add(2)));
        all.put(
                "range",
                new Operation(
                        (g, x) -> g.range(g.integer(1), x.size(1)).cast(DType.F32),
                        x -> Tensors.range(1, x.size(1), Device.CPU).to(DType.F32)));
        all.put("extremes", operation(x -> x.min(x.neg()).add(x.max(x.neg())), x -> x.mul(0)));
        all.put("cumulativeSum", operation(x -> x.cumulativeSum(1), x -> {
            float[] triangle = {1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1};
            return x.matmul(Tensors.of(triangle, 4, 4));
        }));
        for (Activation kind : Activation.values()) {
            all.put(kind.name(), operation(x -> OnnxLayers.activation(kind, x), kind::apply));
        }
        return all;
    }

    @Test
    void operatorsEqualLibTorchs() throws Exception {
        var graph = new OnnxGraph("operators");
        OnnxValue x = graph.input("x", DType.F32, OnnxDim.of("rows"), OnnxDim.of("columns"));
        Tensor some = normal(new SplittableRandom(7), 3, 4);
        Map<String, Operation> all = operations();
        all.forEach((name, operation) -> graph.output(
                name, operation.there().apply(graph, x), free(operation.here().apply(some), name)));
        Path file = folder.resolve("operators.onnx");
        OnnxWriter.write(file, graph);
        try (var oracle = TwoRuntimes.open(file)) {
            assertThat(oracle.outputs()).containsExactlyElementsOf(all.keySet());
            Seeds.repeat(5, random -> {
                Tensor given = normal(random, 3, 4);
                Map<String, Tensor> results = oracle.run(Map.of("x", given));
                all.forEach((name, operation) -> {
                    try {
                        assertTensor(results.get(name))
                                .isCloseTo(operation.here().apply(given), 1e-5, 1e-5);
                    } catch (AssertionError e) {
                        throw new AssertionError(name, e);
                    }
                });
            });
        }
    }

    @Test
    void aPerceptronEqualsLibTorchs() {
        Seeds.repeat(5, random -> {
            Tensor first = normal(random, 6, 9);
            Tensor bias = normal(random, 9);
            Tensor scale = normal(random, 9);
            Tensor shift = normal(random, 9);
            Tensor second = normal(random, 9, 2);
            var graph = new OnnxGraph("perceptron");
            OnnxValue x = graph.input("x", DType.F32, OnnxDim.of("batch"), OnnxDim.of(6));
            OnnxValue hidden = x.matMul(weight(graph, "first", first))
                    .add(weight(graph, "bias", bias))
                    .tanh();
            OnnxValue normed =
                    hidden.layerNormalization(weight(graph, "scale", scale), weight(graph, "shift", shift), 1e-5);
            graph.output("y", normed.matMul(weight(graph, "second", second)), OnnxDim.of("batch"), OnnxDim.of(2));
            Path file = folder.resolve("perceptron.onnx");
            OnnxWriter.write(file, graph);
            try (var oracle = TwoRuntimes.open(file)) {
                for (int batch : new int[] {1, 5}) {
                    Tensor given = normal(random, batch, 6);
                    Tensor tanh = given.matmul(first)
                            .add(bias)
                            .mul(2)
                            .sigmoid()
                            .mul(2)
                            .add(-1);
                    assertTensor(oracle.run(Map.of("x", given)).get("y"))
                            .isCloseTo(
                                    BertReference.layerNorm(tanh, scale, shift, 1e-5)
                                            .matmul(second),
                                    1e-5,
                                    1e-5);
                }
            }
        });
    }

    /// Grouped queries over a past of any length, none included, equal LibTorch's fused attention.
    @Test
    void attentionWithAPastEqualsLibTorchs() throws Exception {
        int heads = 4;
        int kvHeads = 2;
        int headDim = 6;
        var graph = new OnnxGraph("attention");
        OnnxDim batch = OnnxDim.of("batch");
        OnnxValue ids = graph.input("ids", DType.I64, batch, OnnxDim.of("new"));
        OnnxValue seen = graph.input("seen", DType.I64, batch, OnnxDim.of("total"));
        OnnxDim[] dims = {batch, OnnxDim.of(kvHeads), OnnxDim.of("past"), OnnxDim.of(headDim)};
        OnnxDim[] newDims = {batch, OnnxDim.of(kvHeads), OnnxDim.of("new"), OnnxDim.of(headDim)};
        OnnxValue q = graph.input("q", DType.F32, batch, OnnxDim.of(heads), OnnxDim.of("new"), OnnxDim.of(headDim));
        OnnxValue k = graph.concat(2, graph.input("pastK", DType.F32, dims), graph.input("k", DType.F32, newDims));
        OnnxValue v = graph.concat(2, graph.input("pastV", DType.F32, dims), graph.input("v", DType.F32, newDims));
        OnnxValue mixed = OnnxAttention.attend(
                q,
                k,
                v,
                heads,
                kvHeads,
                1 / Math.sqrt(headDim),
                Optional.of(OnnxAttention.causalMask(graph, ids, seen, OptionalInt.empty())));
        graph.output("mixed", mixed, batch, OnnxDim.of(heads), OnnxDim.of("new"), OnnxDim.of(headDim));
        Path file = folder.resolve("attention.onnx");
        OnnxWriter.write(file, graph);
        try (var oracle = TwoRuntimes.open(file)) {
            Seeds.repeat(10, random -> {
                long past = random.nextInt(4);
                long now = random.nextInt(1, 5);
                Map<String, Tensor> given = new HashMap<>();
                given.put("ids", Tensors.zeros(Shape.of(2, now), DType.I64, Device.CPU));
                // The second row is padded on the left by one, where there is room.
                long[] tokens = new long[(int) (2 * (past + now))];
                Arrays.fill(tokens, 1);
                tokens[(int) (past + now)] = past > 0 ? 0 : 1;
                given.put("seen", Tensors.of(tokens, 2, past + now));
                given.put("q", normal(random, 2, heads, now, headDim));
                for (String name : List.of("k", "v")) {
                    given.put(name, normal(random, 2, kvHeads, now, headDim));
                    given.put("past" + name.toUpperCase(Locale.ROOT), normal(random, 2, kvHeads, past, headDim));
                }
                Tensor allK = Tensors.cat(List.of(given.get("pastK"), given.get("k")), 2);
                Tensor allV = Tensors.cat(List.of(given.get("pastV"), given.get("v")), 2);
                Tensor rows = Tensors.range(past, past + now, Device.CPU).unsqueeze(1);
                Tensor columns = Tensors.range(0, past + now, Device.CPU).unsqueeze(0);
                Tensor hidden = columns.gt(rows)
                        .unsqueeze(0)
                        .unsqueeze(0)
                        .or(given.get("seen").eq(0).unsqueeze(1).unsqueeze(1));
                Tensor mask = Tensors.zeros(hidden.shape(), DType.F32, Device.CPU)
                        .maskedFill(hidden, Double.NEGATIVE_INFINITY);
                assertTensor(oracle.run(given).get("mixed"))
                        .isCloseTo(Nn.scaledDotProduct(given.get("q"), allK, allV, mask), 1e-5, 1e-5);
            });
        }
    }

    @Test
    void mistakesAreRefusedWhereTheyAreMade() {
        var graph = new OnnxGraph("wrong");
        OnnxValue x = graph.input("x", DType.F32, OnnxDim.of(2));
        OnnxValue foreign = new OnnxGraph("other").number(1);
        assertThatThrownBy(() -> x.add(graph.integer(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value '/Constant' (I64) must be F32");
        assertThatThrownBy(() -> x.add(foreign)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> x.where(x, x)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> graph.input("x", DType.F32)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nodesAreNamedAfterTheirModules() {
        var graph = new OnnxGraph("names");
        OnnxValue x = graph.input("x", DType.F32, OnnxDim.of(2));
        OnnxValue twice = graph.within("encoder.layer.0", () -> x.add(x).add(x));
        assertThat(twice.name()).isEqualTo("/encoder/layer/0/Add_1_output_0");
        assertThat(x.neg().name()).isEqualTo("/Neg_output_0");
        assertThat(graph.number(1)).isSameAs(graph.number(1));
    }
}
