package dev.cortado.model.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// One operation of a graph; values are known by their names.
///
/// @param name     of the node; PyTorch's exporters give the path of the module, `/encoder/layer.0/…/query/MatMul`
/// @param operator what it does, `MatMul`
/// @param domain   whose operator it is; empty for ONNX's own
/// @param inputs   names of values, empty for an optional one that is left out
/// @param outputs  names of the values it makes
public record OnnxNode(
        String name,
        String operator,
        String domain,
        List<String> inputs,
        List<String> outputs,
        SequencedMap<String, OnnxAttribute> attributes) {
    /// The other name of ONNX's own domain.
    static final String ONNX = "ai.onnx";

    public OnnxNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attributes));
    }

    /// Whether it is this operator of ONNX's own.
    boolean is(String other) {
        return operator.equals(other) && isStandard();
    }

    /// Whether its operator is one of ONNX's own.
    boolean isStandard() {
        return domain.isEmpty() || domain.equals(ONNX);
    }

    /// The name of an input; empty when it is left out.
    String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }

    @Override
    public String toString() {
        return operator + " '" + name + "'";
    }
}
