package dev.cortado.model.onnx;

import static dev.cortado.model.onnx.HandMadeOnnx.counting;
import static dev.cortado.model.onnx.HandMadeOnnx.node;
import static dev.cortado.model.onnx.HandMadeOnnx.value;
import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The evaluator computes what ONNX Runtime does with shapes and bounds of every kind, and refuses what it does not
/// know in one line.
@ExtendWith(StrictScopes.class)
class OnnxEvaluatorTest {
    private static final OnnxDim N = OnnxDim.of("n");

    @TempDir
    private Path folder;

    /// A graph with its inputs, run by both; [TwoRuntimes] compares.
    private final class Trial {
        private final OnnxGraph graph = new OnnxGraph("trial");
        private final Map<String, Tensor> given = new LinkedHashMap<>();
        private int outputs;

        OnnxValue input(Tensor tensor) {
            String name = "x" + given.size();
            given.put(name, tensor);
            return graph.input(name, tensor.dtype(), free(name, tensor.rank()));
        }

        void output(OnnxValue value, int rank) {
            String name = "y" + outputs++;
            graph.output(name, value, free(name, rank));
        }

        void run() throws Exception {
            Path file = folder.resolve("trial.onnx");
            OnnxWriter.write(file, graph);
            try (var runtimes = TwoRuntimes.open(file)) {
                runtimes.run(given);
            }
        }

        private static OnnxDim[] free(String name, int rank) {
            OnnxDim[] dims = new OnnxDim[rank];
            for (int i = 0; i < rank; i++) {
                dims[i] = OnnxDim.of(name + "_" + i);
            }
            return dims;
        }
    }

    private static long[] sizes(RandomGenerator random, int rank) {
        return random.longs(rank, 1, 5).toArray();
    }

    private static Tensor normal(RandomGenerator random, long... sizes) {
        return Tensors.normal(Shape.of(sizes), 0, 1, random);
    }

    private static Tensor integers(RandomGenerator random, int least, int end, long... sizes) {
        return Tensors.of(random.longs(Shape.of(sizes).count(), least, end).toArray(), sizes);
    }

    /// A shape that broadcasts with another: some sizes are 1, some axes of the front are missing.
    private static long[] partner(RandomGenerator random, long... sizes) {
        int left = random.nextInt(sizes.length + 1);
        long[] partner = new long[sizes.length - left];
        for (int i = 0; i < partner.length; i++) {
            partner[i] = random.nextBoolean() ? 1 : sizes[left + i];
        }
        return partner;
    }

    @Test
    void operandsAreBroadcast() {
        Seeds.repeat(20, random -> {
            var trial = new Trial();
            int rank = random.nextInt(1, 5);
            long[] sizes = sizes(random, rank);
            OnnxValue x = trial.input(normal(random, sizes));
            OnnxValue y = trial.input(normal(random, partner(random, sizes)));
            OnnxValue i = trial.input(integers(random, -9, 10, sizes));
            OnnxValue j = trial.input(integers(random, -9, 10, partner(random, sizes)));
            List<BiFunction<OnnxValue, OnnxValue, OnnxValue>> functions = List.of(
                    OnnxValue::add,
                    OnnxValue::sub,
                    OnnxValue::mul,
                    OnnxValue::min,
                    OnnxValue::max,
                    OnnxValue::less,
                    OnnxValue::greater,
                    OnnxValue::equal,
                    OnnxValue::lessOrEqual);
            for (var function : functions) {
                trial.output(function.apply(x, y), rank);
                trial.output(function.apply(y, x), rank);
                trial.output(function.apply(i, j), rank);
            }
            trial.output(x.less(y).and(i.less(j).not()).or(y.greater(x)), rank);
            trial.output(i.less(j).where(y, x), rank);
            trial.output(j.less(j).where(i, j), rank);
            trial.output(y.expand(x.shape()), rank);
            trial.output(x.expand(y.shape()), rank); // both meet in the middle
            trial.output(i.neg().abs().cast(DType.F32), rank);
            trial.output(x.mul(3).cast(DType.I64), rank);
            trial.output(i.cast(DType.BOOL), rank);
            trial.run();
        });
    }

    @Test
    void partsAndShapes() {
        Seeds.repeat(20, random -> {
            var trial = new Trial();
            int rank = random.nextInt(1, 5);
            long[] sizes = sizes(random, rank);
            OnnxValue x = trial.input(normal(random, sizes));
            int axis = random.nextInt(rank);
            int either = random.nextBoolean() ? axis : axis - rank;
            trial.output(x.slice(either, random.nextLong(-7, 8), random.nextLong(-7, 8)), rank);
            trial.output(x.slice(either, Long.MIN_VALUE, Long.MAX_VALUE), rank);
            int size = (int) sizes[axis];
            OnnxValue indices = trial.input(integers(random, -size, size, 2, 3));
            trial.output(x.gather(either, indices), rank + 1);
            trial.output(x.gather(either, trial.input(integers(random, -size, size))), rank - 1);
            trial.output(trial.graph.concat(either, x, x.neg(), x), rank);
            trial.output(x.shape(), 1);
            trial.output(x.size(either), 0);
            trial.output(x.reshape(0, -1), 2);
            trial.output(x.reshape(-1), 1);
            List<Long> order = new ArrayList<>();
            for (long i = 0; i < rank; i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            trial.output(x.transpose(order.stream().mapToLong(i -> i).toArray()), rank);
            trial.output(x.unsqueeze(-1, 0), rank + 2);
            trial.output(x.unsqueeze(-1, 0).squeeze(0, -1), rank);
            trial.output(x.softmax(either), rank);
            trial.output(x.cumulativeSum(either), rank);
            trial.output(x.reduceMean(either), rank);
            trial.output(x.shape().reshape(1, -1), 2);
            OnnxValue from = trial.input(Tensors.of(new long[] {random.nextLong(-3, 4)}));
            OnnxValue to = trial.input(Tensors.of(new long[] {random.nextLong(-3, 4)}));
            trial.output(trial.graph.range(from, to), 1);
            trial.run();
        });
    }

    @Test
    void products() {
        Seeds.repeat(10, random -> {
            var trial = new Trial();
            long[] n = sizes(random, 5);
            OnnxValue x = trial.input(normal(random, n[0], n[1], n[2], n[3]));
            OnnxValue shared = trial.input(normal(random, n[3], n[4]));
            OnnxValue each = trial.input(normal(random, 1, n[1], n[3], n[4]));
            trial.output(x.matMul(shared), 4);
            trial.output(x.matMul(each), 4);
            OnnxValue rows = trial.input(normal(random, n[2], n[3]));
            trial.output(rows.timesTransposed(trial.input(normal(random, n[4], n[3]))), 2);
            OnnxValue scale = trial.input(normal(random, n[3]));
            trial.output(x.layerNormalization(scale, scale.neg(), 1e-3), 4);
            trial.run();
        });
    }

    /// With weights inside of the file, at any byte, and beside it.
    @Test
    void weightsAreReadWhereTheyAre() throws Exception {
        var random = new SplittableRandom(5);
        for (long inside : new long[] {0, OnnxWriter.INSIDE_BYTES}) {
            var graph = new OnnxGraph("weights");
            OnnxValue x = graph.input("x", DType.F32, N, OnnxDim.of(30));
            for (int i = 0; i < 5; i++) {
                Tensor weight = normal(random, 30, 30);
                x = x.matMul(
                        graph.weight(OutgoingTensor.of("w".repeat(i + 1), DType.F32, weight.shape(), weight.bytes())));
            }
            graph.output("y", x, N, OnnxDim.of(30));
            Path file = folder.resolve("weights.onnx");
            OnnxWriter.write(file, graph, inside);
            assertThat(OnnxWriter.externalData(file).isPresent()).isEqualTo(inside == 0);
            try (var runtimes = TwoRuntimes.open(file)) {
                runtimes.run(Map.of("x", normal(random, 3, 30).mul(0.03)));
            }
        }
    }

    @Test
    void onlyResultsAreLeft() throws IOException {
        var graph = new OnnxGraph("free");
        OnnxValue x = graph.input("x", DType.F32, N);
        graph.output("same", x, N);
        graph.output("twice", x.add(x).neg().neg(), N);
        graph.output("again", x, N);
        try (OnnxFile file = written(graph)) {
            var evaluator = new OnnxEvaluator(file);
            Tensor given = Tensors.of(new float[] {1, 2}, 2);
            long before = Scope.liveTensors();
            Map<String, Tensor> results = evaluator.run(Map.of("x", given));
            assertThat(Scope.liveTensors()).isEqualTo(before + 3);
            assertTensor(Objects.requireNonNull(results.get("same"))).isSameAs(given);
            assertTensor(Objects.requireNonNull(results.get("twice"))).isSameAs(given.add(given));
            assertTensor(Objects.requireNonNull(results.get("again"))).isSameAs(given);
        }
    }

    private OnnxFile written(OnnxGraph graph) throws IOException {
        Path file = folder.resolve("graph.onnx");
        OnnxWriter.write(file, graph);
        return OnnxFile.open(file);
    }

    /// A graph of one input x, F32 [n, 2], that is made and run.
    private void refused(BiFunction<OnnxGraph, OnnxValue, OnnxValue> make, String reason) throws IOException {
        var graph = new OnnxGraph("wrong");
        graph.output("y", make.apply(graph, graph.input("x", DType.F32, N, OnnxDim.of(2))), N);
        try (OnnxFile file = written(graph)) {
            Map<String, Tensor> inputs = Map.of("x", Tensors.ones(Shape.of(3, 2), DType.F32, Device.CPU));
            refused(file, () -> new OnnxEvaluator(file).run(inputs), reason);
        }
    }

    private static void refused(OnnxFile file, Runnable run, String reason) {
        assertThatThrownBy(run::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file.path() + ": ")
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void whatIsNotKnownIsRefused() throws IOException {
        Map<String, OnnxAttribute> one = Map.of("alpha", new OnnxAttribute.Whole(1));
        refused(
                (g, x) -> g.node("Frobnicate", DType.F32, Map.of(), x),
                "node Frobnicate '/Frobnicate': the operator Frobnicate is none of those that can be run");
        refused((g, x) -> g.node("Exp", DType.F32, one, x), "node Exp '/Exp': has alpha, which is not supported");
        refused((g, x) -> g.node("Exp", DType.F32, Map.of(), x, x), "node Exp '/Exp': has input 1, which is not");
        refused((g, x) -> g.node("Add", DType.F32, Map.of(), x), "node Add '/Add': lacks input 1");
        refused(
                (g, x) -> g.node("Softmax", DType.F32, Map.of("axis", new OnnxAttribute.Text("last")), x),
                "has axis of another type than an integer");
        refused((g, x) -> g.node("Transpose", DType.F32, Map.of(), x), "lacks the list perm");
        refused((g, x) -> g.node("Cast", DType.F32, Map.of("to", new OnnxAttribute.Whole(8)), x), "element type 8");
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        refused((g, x) -> x.add(g.numbers(1, 2, 3)), "node Add '/Add': add F32[3, 2] F32[3] in scope");
        refused((_, x) -> x.matMul(x), "node MatMul '/MatMul': matmul F32[3, 2] F32[3, 2] in scope");
        refused((g, x) -> g.node("Add", DType.F32, Map.of(), x, g.integer(1)), "wants input 1 of F32, not I64[]");
        refused((_, x) -> x.reshape(4, -1), "node Reshape '/Reshape': reshape F32[3, 2] in scope");
        refused((_, x) -> x.reshape(0, 0, 0), "node Reshape '/Reshape': dimension 2 of shape [3, 2]");
        refused((g, x) -> x.gather(0, g.integers(3)), "node Gather '/Gather': indexSelect");
        refused((g, x) -> x.gather(0, g.integers(-4)), "node Gather '/Gather': indexSelect");
        refused((_, x) -> x.softmax(2), "node Softmax '/Softmax': names axis 2 of 2");
        refused((_, x) -> x.unsqueeze(1, 1), "names axis 1 twice");
        refused((_, x) -> x.squeeze(0), "cannot take axis 0 from F32[3, 2]");
        refused((g, x) -> g.concat(0, x, g.numbers()), "wants inputs of one rank");
        refused((g, x) -> x.expand(g.integers(4, 2)), "node Expand '/Expand': expand F32[3, 2]");
        refused((g, x) -> x.expand(g.integers(1L << 40, 1L << 40, 1, 1)), "has too many elements");
        refused((_, x) -> x.slice(0, 0, 1).transpose(0, 5), "node Transpose '/Transpose': permute");
        refused((g, x) -> x.mul(x).layerNormalization(g.numbers(1, 2, 3), g.numbers(1, 2, 3), 1), "layerNorm");
    }

    @Test
    void unfitInputsAreRefused() throws IOException {
        var graph = new OnnxGraph("inputs");
        OnnxValue x = graph.input("x", DType.F32, N, OnnxDim.of(2));
        OnnxValue z = graph.input("z", DType.F32, N, OnnxDim.of(2));
        graph.output("y", x.add(z), N, OnnxDim.of(2));
        Tensor right = Tensors.ones(Shape.of(3, 2), DType.F32, Device.CPU);
        try (OnnxFile file = written(graph)) {
            var evaluator = new OnnxEvaluator(file);
            refused(file, () -> evaluator.run(Map.of("x", right)), "input 'z', F32 [n, 2], is not given");
            refused(
                    file,
                    () -> evaluator.run(Map.of("x", right, "z", right, "q", right)),
                    "has no input 'q'; it has [x, z]");
            refused(
                    file,
                    () -> evaluator.run(Map.of("x", right.to(DType.I64), "z", right)),
                    "input 'x' is I64[3, 2] and should be F32 [n, 2]");
            refused(
                    file,
                    () -> evaluator.run(Map.of("x", right, "z", right.slice(0, 1))),
                    "input 'z' is F32[2, 2] and should be F32 [n, 2]");
            refused(
                    file,
                    () -> evaluator.run(Map.of("x", right.transpose(0, 1), "z", right)),
                    "input 'x' is F32[2, 3] and should be F32 [n, 2]");
            refused(file, () -> evaluator.run(Map.of("x", right.select(0, 0), "z", right)), "F32[2] and should");
        }
    }

    private void unfit(Consumer<ProtobufBytes> graph, String reason) throws IOException {
        Path path = HandMadeOnnx.write(folder.resolve("hand.onnx"), graph);
        try (OnnxFile file = OnnxFile.open(path)) {
            refused(file, () -> new OnnxEvaluator(file).run(Map.of()), reason);
        }
    }

    @Test
    void graphsOfOthersAreRefused() throws IOException {
        unfit(
                g -> g.message(1, node("Neg", "A", List.of("w"), "a").text(7, "com.example"))
                        .message(5, counting("w", 1))
                        .message(12, value("a")),
                "the operator Neg of com.example is none");
        unfit(
                g -> g.message(1, node("Neg", "A", List.of("w"), "a").text(2, "b"))
                        .message(5, counting("w", 1)),
                "node Neg 'A': has 2 outputs, not one");
        unfit(g -> g.message(11, value("x")), "input 'x' has no known type");
        Path older = Files.write(
                folder.resolve("older.onnx"),
                new ProtobufBytes()
                        .message(8, new ProtobufBytes().text(1, "").integer(2, 11))
                        .message(7, new ProtobufBytes().text(2, "g"))
                        .toArray());
        try (OnnxFile file = OnnxFile.open(older)) {
            refused(file, () -> new OnnxEvaluator(file), "is for version 11 of ONNX's operators");
        }
        // A graph without an order is none that can be opened.
        Path cycle = HandMadeOnnx.write(
                folder.resolve("cycle.onnx"),
                g -> g.message(1, node("Neg", "A", List.of("b"), "a")).message(1, node("Neg", "B", List.of("a"), "b")));
        assertThatThrownBy(() -> OnnxFile.open(cycle))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the graph has a cycle");
    }

    /// Initializers may be yielded as they are, and an input of their name is none.
    @Test
    void anInitializerIsAValue() throws IOException {
        Path path = HandMadeOnnx.write(
                folder.resolve("constant.onnx"),
                g -> g.message(5, counting("w", 2, 2)).message(11, value("w")).message(12, value("w")));
        try (OnnxFile file = OnnxFile.open(path)) {
            Tensor w =
                    Objects.requireNonNull(new OnnxEvaluator(file).run(Map.of()).get("w"));
            assertTensor(w).hasShape(2, 2);
            assertThat(w.toFloats()).containsExactly(0, 1, 2, 3);
        }
    }

    /// Damaged graphs are run to a result or refused, in one line that names the file.
    @Test
    void damagedGraphsAreRunOrRefused() throws IOException {
        var random = new SplittableRandom(11);
        var graph = new OnnxGraph("damaged");
        OnnxValue x = graph.input("x", DType.F32, N, OnnxDim.of(4));
        Tensor weight = normal(random, 4, 4);
        OnnxValue w = graph.weight(OutgoingTensor.of("w", DType.F32, weight.shape(), weight.bytes()));
        OnnxValue normed =
                x.matMul(w).layerNormalization(w.gather(0, graph.integer(0)), w.gather(0, graph.integer(1)), 1);
        OnnxValue halves = graph.concat(1, normed.slice(1, 2, 4), normed.slice(1, 0, 2));
        OnnxValue chosen =
                halves.less(x).where(halves.softmax(-1), x.unsqueeze(1).squeeze(1));
        graph.output("y", chosen.reshape(0, 2, -1).transpose(0, 2, 1).reduceMean(1), N, OnnxDim.of(1), OnnxDim.of(2));
        Path file = folder.resolve("damaged.onnx");
        OnnxWriter.write(file, graph);
        byte[] whole = Files.readAllBytes(file);
        Tensor given = normal(random, 3, 4);
        int run = 0;
        for (long seed = 0; seed < 2_000; seed++) {
            run += runs(OnnxHostileTest.damage(new SplittableRandom(seed), whole), file, given, "seed " + seed) ? 1 : 0;
        }
        assertThat(run).isBetween(20, 1_500);
    }

    private static boolean runs(byte[] bytes, Path file, Tensor given, String what) throws IOException {
        try (Arena arena = Arena.ofConfined();
                var _ = Scope.open("damaged")) {
            OnnxFile read = OnnxFile.of(file, MemorySegment.ofArray(bytes), arena);
            new OnnxEvaluator(read).run(Map.of("x", given));
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
}
