package dev.cortado.model.onnx;

/// A dimension of what goes into or comes out of a graph.
public sealed interface OnnxDim {
    /// Always of this size.
    record Fixed(long size) implements OnnxDim {
        public Fixed {
            if (size < 0) {
                throw new IllegalArgumentException("a dimension of size " + size);
            }
        }
    }

    /// Of a size known only when the graph is run; dimensions of one name have one size, and those without a name
    /// any.
    record Symbolic(String name) implements OnnxDim {}

    static OnnxDim of(long size) {
        return new Fixed(size);
    }

    static OnnxDim of(String name) {
        return new Symbolic(name);
    }
}
