package dev.cortado.model.onnx;

import dev.cortado.tensor.DType;
import java.util.List;
import java.util.stream.Collectors;

/// What goes into or comes out of a graph.
public record OnnxPort(String name, DType dtype, List<OnnxDim> dims) {
    public OnnxPort {
        dims = List.copyOf(dims);
    }

    /// Such as `I64 [batch_size, 4]`.
    String type() {
        return dims.stream()
                .map(dim -> switch (dim) {
                    case OnnxDim.Fixed(long size) -> Long.toString(size);
                    case OnnxDim.Symbolic(String symbol) -> symbol.isEmpty() ? "?" : symbol;
                })
                .collect(Collectors.joining(", ", dtype + " [", "]"));
    }
}
