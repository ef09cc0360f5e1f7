package dev.cortado.model.onnx;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// A node while it is computed: what its operator asks it for. An input or attribute that no operator asks for would
/// change the result, so it is refused ([#finish]).
///
/// Mistakes are [IllegalArgumentException]s that do not name the node: who computes it does.
final class OnnxCall {
    private final OnnxNode node;
    private final Function<String, Tensor> values;
    private final Map<Integer, Tensor> inputs = new HashMap<>();
    private final Set<String> attributes = new HashSet<>();

    /// @param values by their names
    OnnxCall(OnnxNode node, Function<String, Tensor> values) {
        this.node = node;
        this.values = values;
    }

    /// How many inputs there are.
    int inputs() {
        return node.inputs().size();
    }

    Tensor input(int index) {
        require(!node.input(index).isEmpty(), "lacks input " + index);
        return inputs.computeIfAbsent(index, _ -> values.apply(node.input(index)));
    }

    /// An input of this element type.
    Tensor input(int index, DType dtype) {
        Tensor input = input(index);
        require(input.dtype() == dtype, "wants input " + index + " of " + dtype + ", not " + input.describe());
        return input;
    }

    /// An input of numbers that are not whole.
    Tensor floats(int index) {
        Tensor input = input(index);
        require(input.dtype().isFloating(), "wants floats for input " + index + ", not " + input.describe());
        return input;
    }

    /// An input with the element type of another.
    Tensor alike(int index, Tensor other) {
        return input(index, other.dtype());
    }

    /// An input that is a list of integers: a shape, axes.
    long[] integers(int index) {
        Tensor list = input(index, DType.I64);
        require(list.rank() == 1, "wants a list for input " + index + ", not " + list.describe());
        return list.toLongs();
    }

    /// An input that is one integer.
    long integer(int index) {
        Tensor one = input(index, DType.I64);
        require(one.count() == 1, "wants one integer for input " + index + ", not " + one.describe());
        return one.toLong();
    }

    long integer(String attribute, long otherwise) {
        attributes.add(attribute);
        return switch (node.attributes().get(attribute)) {
            case null -> otherwise;
            case OnnxAttribute.Whole(long value) -> value;
            default -> throw new IllegalArgumentException("has " + attribute + " of another type than an integer");
        };
    }

    long integer(String attribute) {
        require(node.attributes().containsKey(attribute), "lacks " + attribute);
        return integer(attribute, 0);
    }

    float number(String attribute, float otherwise) {
        attributes.add(attribute);
        return switch (node.attributes().get(attribute)) {
            case null -> otherwise;
            case OnnxAttribute.Real(float value) -> value;
            default -> throw new IllegalArgumentException("has " + attribute + " of another type than a number");
        };
    }

    long[] integers(String attribute) {
        attributes.add(attribute);
        if (node.attributes().get(attribute) instanceof OnnxAttribute.Wholes(List<Long> values)) {
            return values.stream().mapToLong(Long::longValue).toArray();
        }
        throw new IllegalArgumentException("lacks the list " + attribute);
    }

    /// To be called when the operator has what it wants.
    void finish() {
        for (int i = 0; i < inputs(); i++) {
            require(inputs.containsKey(i) || node.input(i).isEmpty(), "has input " + i + ", which is not supported");
        }
        for (String attribute : node.attributes().keySet()) {
            require(attributes.contains(attribute), "has " + attribute + ", which is not supported");
        }
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
