package dev.cortado.model.onnx;

import static dev.cortado.model.onnx.OnnxCall.require;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.TensorException;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// Runs the graph of an `.onnx` file, node by node, to prove that what was exported computes what the model does:
/// a reference, not a fast path.
///
/// ```java
/// try (OnnxFile file = OnnxFile.open(Path.of("classifier.onnx")); var _ = Scope.open("run")) {
///     Tensor y = new OnnxEvaluator(file).run(Map.of("x", x)).get("probabilities");
/// }
/// ```
///
/// It knows the operators that [OnnxGraph] and [OnnxValue] write, in the version [OnnxGraph#OPSET]; a graph with any
/// other, or with an attribute they do not write, is refused. Initializers are read where they are mapped, those that
/// are not aligned one at a time through a copy, and a value is freed after the last node that uses it. Otherwise a
/// graph takes the memory it asks for: do not run one that you would not trust with it.
public final class OnnxEvaluator {
    private final OnnxFile file;
    private final List<Step> steps = new ArrayList<>();
    private final SequencedMap<String, OnnxPort> inputs = new LinkedHashMap<>();

    /// A node to compute.
    ///
    /// @param done values that nothing needs afterwards
    private record Step(OnnxNode node, OnnxOperator operator, List<String> done) {}

    /// Runs the graph of a file that stays open meanwhile, and as long as its results are used.
    ///
    /// @throws IllegalArgumentException when it has an operator that is not known here
    public OnnxEvaluator(OnnxFile file) {
        this.file = file;
        requireVersion();
        for (String input : file.inputs()) {
            if (!file.initializers().containsKey(input)) {
                inputs.put(
                        input, file.port(input).orElseThrow(() -> problem("input '" + input + "' has no known type")));
            }
        }
        for (OnnxNode node : file.nodes()) {
            steps.add(step(node));
        }
        lastUses().forEach((value, step) -> steps.get(step).done().add(value));
    }

    private Step step(OnnxNode node) {
        try {
            require(node.outputs().size() == 1, "has " + node.outputs().size() + " outputs, not one");
            return new Step(node, OnnxOperator.of(node), new ArrayList<>());
        } catch (IllegalArgumentException e) {
            throw problem(node, e);
        }
    }

    /// The number of the last step that needs each value that a node makes and the graph does not yield.
    private Map<String, Integer> lastUses() {
        Map<String, Integer> uses = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            int step = i;
            OnnxNode node = steps.get(i).node();
            node.inputs().forEach(input -> uses.computeIfPresent(input, (_, _) -> step));
            uses.put(node.outputs().getFirst(), step);
        }
        uses.keySet().removeAll(file.outputs());
        return uses;
    }

    private void requireVersion() {
        long version = file.opsets().getOrDefault("", file.opsets().getOrDefault(OnnxNode.ONNX, 0L));
        if (version != OnnxGraph.OPSET) {
            throw problem(
                    "is for version " + version + " of ONNX's operators, and can only be run with " + OnnxGraph.OPSET);
        }
    }

    /// What the graph is to be given, by name.
    public SequencedMap<String, OnnxPort> inputs() {
        return Collections.unmodifiableSequencedMap(inputs);
    }

    /// The graph's outputs for these inputs (tensors on the CPU), by name. They belong to the innermost scope.
    ///
    /// @throws IllegalArgumentException when inputs are missing or unfit, or shapes do not fit on the way
    public SequencedMap<String, Tensor> run(Map<String, Tensor> given) {
        requireInputs(given);
        try (var scope = Scope.open("ONNX graph")) {
            Map<String, Tensor> values = new HashMap<>(given);
            for (Step step : steps) {
                values.put(step.node().outputs().getFirst(), compute(step.node(), step.operator(), values));
                for (String value : step.done()) {
                    Objects.requireNonNull(values.remove(value), "it was made").close();
                }
            }
            SequencedMap<String, Tensor> outputs = new LinkedHashMap<>();
            for (String output : file.outputs()) {
                // A handle of its own: an output may be an input, too.
                outputs.put(output, scope.keep(value(output, values).detach()));
            }
            return outputs;
        }
    }

    private Tensor compute(OnnxNode node, OnnxOperator operator, Map<String, Tensor> values) {
        try (var scope = Scope.open("ONNX node")) {
            var call = new OnnxCall(node, name -> value(name, values));
            Tensor result = operator.compute(call);
            call.finish();
            return scope.keep(result.detach()); // a handle of its own: the result may be an input
        } catch (IllegalArgumentException | TensorException e) {
            throw problem(node, e);
        }
    }

    private Tensor value(String name, Map<String, Tensor> values) {
        Tensor known = values.get(name);
        return known != null
                ? known
                : initializer(Objects.requireNonNull(file.initializers().get(name), "values come before their use"));
    }

    /// LibTorch wants elements at multiples of their width, which protobuf does not promise.
    private static Tensor initializer(StoredTensor stored) {
        boolean viewable = stored.bytes().isNative()
                && stored.bytes().byteSize() > 0
                && stored.bytes().address() % stored.dtype().bytes() == 0;
        return viewable
                ? Tensors.view(stored.bytes(), stored.dtype(), stored.shape())
                : Tensors.copyOf(stored.bytes(), stored.dtype(), stored.shape());
    }

    private void requireInputs(Map<String, Tensor> given) {
        Map<String, Long> symbols = new HashMap<>();
        inputs.forEach((name, port) -> {
            Tensor tensor = given.get(name);
            if (tensor == null) {
                throw problem("input '" + name + "', " + port.type() + ", is not given");
            }
            if (!fits(tensor, port, symbols)) {
                throw problem("input '" + name + "' is " + tensor.describe() + " and should be " + port.type());
            }
        });
        for (String name : given.keySet()) {
            if (!inputs.containsKey(name)) {
                throw problem("has no input '" + name + "'; it has " + inputs.keySet());
            }
        }
    }

    /// @param symbols sizes of dimensions known by name so far
    private static boolean fits(Tensor tensor, OnnxPort port, Map<String, Long> symbols) {
        boolean fits =
                tensor.dtype() == port.dtype() && tensor.rank() == port.dims().size();
        for (int i = 0; fits && i < tensor.rank(); i++) {
            long size = tensor.size(i);
            fits = switch (port.dims().get(i)) {
                case OnnxDim.Fixed(long fixed) -> size == fixed;
                case OnnxDim.Symbolic(String symbol) ->
                    symbol.isEmpty() || size == symbols.computeIfAbsent(symbol, _ -> size);
            };
        }
        return fits;
    }

    private IllegalArgumentException problem(String what) {
        return new IllegalArgumentException(file.path() + ": " + what);
    }

    private IllegalArgumentException problem(OnnxNode node, RuntimeException cause) {
        return new IllegalArgumentException(file.path() + ": node " + node + ": " + cause.getMessage(), cause);
    }
}
