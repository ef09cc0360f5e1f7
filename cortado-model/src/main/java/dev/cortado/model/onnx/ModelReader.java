package dev.cortado.model.onnx;

import dev.cortado.model.weights.StoredTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/// Reads a `ModelProto` and the `GraphProto` in it
/// (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>). Graphs inside of nodes (of `If` and `Loop`) are passed
/// over, so nesting costs nothing.
final class ModelReader {
    /// Nodes, names, attributes and initializers together; the largest real graphs have a tenth of it. A byte of
    /// the file could otherwise become fifty on the heap.
    private static final int MOST_PARTS = 1 << 20;

    private static final int MOST_TEXT_BYTES = 1 << 16;

    private final InitializerReader tensors;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final SequencedMap<String, StoredTensor> initializers = new LinkedHashMap<>();
    private final SequencedSet<String> inputs = new LinkedHashSet<>();
    private final SequencedSet<String> outputs = new LinkedHashSet<>();
    private final Map<String, OnnxPort> ports = new HashMap<>();
    private final SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    private String producer = "";
    private int parts;

    ModelReader(InitializerReader tensors) {
        this.tensors = tensors;
    }

    /// What a file holds.
    ///
    /// @param ports inputs and outputs whose type and shape are known
    record Content(
            String producer,
            SequencedMap<String, Long> opsets,
            List<OnnxNode> nodes,
            SequencedSet<String> inputs,
            SequencedSet<String> outputs,
            Map<String, OnnxPort> ports,
            SequencedMap<String, StoredTensor> initializers) {}

    Content read(ProtobufMessage model) throws IOException {
        Optional<ProtobufMessage> graph = Optional.empty();
        String maker = "";
        String version = "";
        while (model.next()) {
            switch (model.field()) {
                case 2 -> maker = model.name();
                case 3 -> version = model.name();
                case 7 -> {
                    if (graph.isPresent()) {
                        throw model.problem("holds two graphs");
                    }
                    graph = Optional.of(model.message());
                }
                case 8 -> readOpset(model.message());
                default -> model.skip();
            }
        }
        producer = (maker + " " + version).strip();
        readGraph(graph.orElseThrow(() -> model.problem("holds no graph: no ONNX model, or a truncated one")));
        return new Content(producer, opsets, nodes, inputs, outputs, ports, initializers);
    }

    private void readOpset(ProtobufMessage opset) {
        String domain = "";
        long version = 0;
        while (opset.next()) {
            switch (opset.field()) {
                case 1 -> domain = opset.name();
                case 2 -> version = opset.integer();
                default -> opset.skip();
            }
        }
        count(opset);
        opsets.put(domain, version);
    }

    private void readGraph(ProtobufMessage graph) throws IOException {
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> nodes.add(readNode(graph.message()));
                case 5 -> {
                    count(graph);
                    StoredTensor tensor = tensors.read(graph.message());
                    if (initializers.put(tensor.name(), tensor) != null) {
                        throw graph.problem("holds two initializers named '" + tensor.name() + "'");
                    }
                }
                case 11 -> inputs.add(readPort(graph.message()));
                case 12 -> outputs.add(readPort(graph.message()));
                case 15 -> throw graph.problem("holds sparse initializers, which are not supported");
                default -> graph.skip();
            }
        }
        checkOrder(graph);
    }

    /// The name of an input or output.
    private String readPort(ProtobufMessage value) {
        count(value);
        PortReader.Port port = PortReader.read(value);
        port.type().ifPresent(type -> {
            type.dims().forEach(_ -> count(value));
            ports.put(port.name(), type);
        });
        return port.name();
    }

    private OnnxNode readNode(ProtobufMessage node) {
        String name = "";
        String operator = "";
        String domain = "";
        List<String> from = new ArrayList<>(3);
        List<String> to = new ArrayList<>(1);
        SequencedMap<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        count(node);
        while (node.next()) {
            switch (node.field()) {
                case 1 -> from.add(counted(node));
                case 2 -> to.add(counted(node));
                case 3 -> name = node.name();
                case 4 -> operator = node.name();
                case 5 -> readAttribute(node.message(), attributes);
                case 7 -> domain = node.name();
                default -> node.skip();
            }
        }
        if (operator.isEmpty()) {
            throw node.problem("holds a node '" + name + "' without an operator");
        }
        return new OnnxNode(name, operator, domain, from, to, attributes);
    }

    private void readAttribute(ProtobufMessage attribute, SequencedMap<String, OnnxAttribute> into) {
        String name = "";
        long type = 0;
        float number = 0;
        long integer = 0;
        Optional<String> text = Optional.empty();
        List<Long> integers = new ArrayList<>();
        count(attribute);
        while (attribute.next()) {
            switch (attribute.field()) {
                case 1 -> name = attribute.name();
                case 2 -> number = attribute.float32();
                case 3 -> integer = attribute.integer();
                case 4 -> text = text(attribute.bytes());
                case 8 ->
                    attribute.integers(value -> {
                        count(attribute);
                        integers.add(value);
                    });
                case 20 -> type = attribute.integer();
                default -> attribute.skip();
            }
        }
        OnnxAttribute value = switch (Math.clamp(type, 0, Byte.MAX_VALUE)) {
            case 1 -> new OnnxAttribute.Real(number);
            case 2 -> new OnnxAttribute.Whole(integer);
            case 3 -> text.<OnnxAttribute>map(OnnxAttribute.Text::new).orElseGet(() -> new OnnxAttribute.Unread(3));
            case 7 -> new OnnxAttribute.Wholes(integers);
            default -> new OnnxAttribute.Unread(type);
        };
        if (into.put(name, value) != null) {
            throw attribute.problem("holds a node with two attributes '" + name + "'");
        }
    }

    /// Text that is longer than any setting is some operator's own data.
    private static Optional<String> text(MemorySegment bytes) {
        return bytes.byteSize() > MOST_TEXT_BYTES
                ? Optional.empty()
                : Optional.of(
                        StandardCharsets.UTF_8.decode(bytes.asByteBuffer()).toString());
    }

    private String counted(ProtobufMessage message) {
        count(message);
        return message.name();
    }

    private void count(ProtobufMessage where) {
        parts++;
        if (parts > MOST_PARTS) {
            throw where.problem("holds a graph of more than " + MOST_PARTS + " parts");
        }
    }

    /// Every value is made once, before it is used; so the graph has no cycle.
    private void checkOrder(ProtobufMessage graph) {
        Set<String> made = new HashSet<>(inputs);
        made.addAll(initializers.keySet());
        for (OnnxNode node : nodes) {
            for (String input : node.inputs()) {
                if (!input.isEmpty() && !made.contains(input)) {
                    throw graph.problem("node " + node + " needs '" + input + "', which " + maker(input));
                }
            }
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !made.add(output)) {
                    throw graph.problem("node " + node + " makes '" + output + "', which is there already");
                }
            }
        }
        for (String output : outputs) {
            if (!made.contains(output)) {
                throw graph.problem("the graph's output '" + output + "' is made by no node");
            }
        }
    }

    private String maker(String value) {
        return nodes.stream()
                .filter(node -> node.outputs().contains(value))
                .findFirst()
                .map(node -> "is made only later, by node " + node + ": the graph has a cycle, or is out of order")
                .orElse("nothing makes");
    }
}
