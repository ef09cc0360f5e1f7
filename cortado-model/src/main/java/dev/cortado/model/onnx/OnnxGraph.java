package dev.cortado.model.onnx;

import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// A graph of operations in the making, for [OnnxWriter] to write.
///
/// ```java
/// var graph = new OnnxGraph("classifier");
/// OnnxValue x = graph.input("x", DType.F32, OnnxDim.of("batch"), OnnxDim.of(4));
/// OnnxValue w = graph.weight(OutgoingTensor.of("w", DType.F32, Shape.of(4, 3), bytes));
/// graph.output("probabilities", x.matMul(w).softmax(-1), OnnxDim.of("batch"), OnnxDim.of(3));
/// OnnxWriter.write(Path.of("classifier.onnx"), graph);
/// ```
///
/// Operations are methods of [OnnxValue], of ONNX's operator set [#OPSET]. Values get names like those of PyTorch's
/// exporters: the path of the module they are made in ([#within]), the operator, and a number where that is not
/// unique. Content of weights is asked for when it is written.
public final class OnnxGraph {
    /// The version of ONNX's operators: the first with LayerNormalization, understood by ONNX Runtime 1.12 and
    /// later.
    public static final int OPSET = 17;

    private final String name;
    private final List<OnnxPort> inputs = new ArrayList<>();
    private final List<OnnxPort> outputs = new ArrayList<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final SequencedMap<String, OutgoingTensor> initializers = new LinkedHashMap<>();
    private final SequencedMap<String, OnnxValue> values = new LinkedHashMap<>();
    private final Map<String, OnnxValue> constants = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private String path = "";

    public OnnxGraph(String name) {
        this.name = name;
    }

    /// A value the graph is given when it is run.
    public OnnxValue input(String name, DType dtype, OnnxDim... dims) {
        inputs.add(new OnnxPort(name, dtype, List.of(dims)));
        return value(name, dtype);
    }

    /// Makes a value a result of the graph, under this name.
    public void output(String name, OnnxValue value, OnnxDim... dims) {
        requireOwn(value);
        OnnxValue named = value(name, value.dtype());
        String node = unique("/" + name + "/Identity");
        nodes.add(new OnnxNode(
                node, "Identity", "", List.of(value.name()), List.of(named.name()), new LinkedHashMap<>()));
        outputs.add(new OnnxPort(name, value.dtype(), List.of(dims)));
    }

    /// A tensor that is part of the graph; the same value when the name was given before.
    public OnnxValue weight(OutgoingTensor tensor) {
        if (initializers.containsKey(tensor.name())) {
            OutgoingTensor known = initializers.get(tensor.name());
            if (!known.shape().equals(tensor.shape()) || known.dtype() != tensor.dtype()) {
                throw new IllegalArgumentException("graph '" + name + "' has another tensor '" + tensor.name() + "'");
            }
            return values.get(tensor.name());
        }
        OnnxValue made = value(tensor.name(), tensor.dtype());
        initializers.put(tensor.name(), tensor);
        return made;
    }

    /// A constant number, F32.
    public OnnxValue number(double number) {
        return constant(DType.F32, Shape.of(), floats((float) number));
    }

    /// A list of constant numbers, F32.
    public OnnxValue numbers(float... numbers) {
        return constant(DType.F32, Shape.of(numbers.length), floats(numbers));
    }

    /// A constant integer, I64.
    public OnnxValue integer(long integer) {
        return constant(DType.I64, Shape.of(), longs(integer));
    }

    /// A list of constant integers, I64: shapes, axes.
    public OnnxValue integers(long... integers) {
        return constant(DType.I64, Shape.of(integers.length), longs(integers));
    }

    /// The integers `from` (included) to `to` (excluded) of two I64 scalars, I64 [to − from].
    public OnnxValue range(OnnxValue from, OnnxValue to) {
        return node("Range", DType.I64, Map.of(), from, to, integer(1));
    }

    /// Values joined along an axis.
    public OnnxValue concat(int axis, OnnxValue first, OnnxValue... others) {
        List<OnnxValue> parts = new ArrayList<>(List.of(first));
        parts.addAll(List.of(others));
        parts.forEach(first::requireSameType);
        return node(
                "Concat",
                first.dtype(),
                Map.of("axis", new OnnxAttribute.Whole(axis)),
                parts.toArray(OnnxValue[]::new));
    }

    /// A tensor of a shape (a list, I64) with all elements the same number, F32.
    public OnnxValue filled(OnnxValue shape, double number) {
        return number(number).expand(shape);
    }

    /// What `make` gives; nodes made on the way are named under this path of modules, `encoder.layer.0`.
    public <T> T within(String modules, Supplier<T> make) {
        String outer = path;
        path = modules.isEmpty() ? "" : "/" + modules.replace('.', '/');
        try {
            return make.get();
        } finally {
            path = outer;
        }
    }

    /// One more operation with one result.
    OnnxValue node(String operator, DType dtype, Map<String, OnnxAttribute> attributes, OnnxValue... operands) {
        for (OnnxValue operand : operands) {
            requireOwn(operand);
        }
        String node = unique(path + "/" + operator);
        OnnxValue made = value(node + "_output_0", dtype);
        nodes.add(new OnnxNode(
                node,
                operator,
                "",
                Arrays.stream(operands).map(OnnxValue::name).toList(),
                List.of(made.name()),
                new LinkedHashMap<>(attributes)));
        return made;
    }

    String name() {
        return name;
    }

    List<OnnxPort> inputs() {
        return inputs;
    }

    List<OnnxPort> outputs() {
        return outputs;
    }

    List<OnnxNode> nodes() {
        return nodes;
    }

    Collection<OutgoingTensor> initializers() {
        return initializers.values();
    }

    /// Constants that are the same are one: small shapes recur in every layer.
    private OnnxValue constant(DType dtype, Shape shape, byte[] bytes) {
        String key = dtype + shape.toString() + Arrays.toString(bytes);
        return constants.computeIfAbsent(
                key, _ -> weight(OutgoingTensor.of(unique("/Constant"), dtype, shape, MemorySegment.ofArray(bytes))));
    }

    private static byte[] floats(float... numbers) {
        byte[] bytes = new byte[numbers.length * Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(numbers);
        return bytes;
    }

    private static byte[] longs(long... integers) {
        byte[] bytes = new byte[integers.length * Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(integers);
        return bytes;
    }

    private OnnxValue value(String valueName, DType dtype) {
        var value = new OnnxValue(this, valueName, dtype);
        if (valueName.isEmpty() || values.put(valueName, value) != null) {
            throw new IllegalArgumentException("graph '" + name + "' has a value '" + valueName + "' already");
        }
        return value;
    }

    private String unique(String wanted) {
        int before = uses.merge(wanted, 1, Integer::sum) - 1;
        return before == 0 ? wanted : wanted + "_" + before;
    }

    private void requireOwn(OnnxValue value) {
        if (value.graph() != this) {
            throw new IllegalArgumentException("value " + value + " is of another graph than '" + name + "'");
        }
    }
}
