package dev.cortado.model.onnx;

import dev.cortado.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what a file says of an input or output of its graph (`ValueInfoProto`).
final class PortReader {
    private static final int MOST_DIMENSIONS = 32;
    private static final OnnxDim UNKNOWN = OnnxDim.of("");

    private PortReader() {}

    /// @param type empty for what is no tensor, of no [DType], or of a shape that is not said
    record Port(String name, Optional<OnnxPort> type) {}

    static Port read(ProtobufMessage value) {
        String name = "";
        Optional<TensorType> tensor = Optional.empty();
        while (value.next()) {
            switch (value.field()) {
                case 1 -> name = value.name();
                case 2 -> tensor = readType(value.message());
                default -> value.skip();
            }
        }
        String own = name;
        return new Port(name, tensor.map(type -> new OnnxPort(own, type.dtype(), type.dims())));
    }

    private record TensorType(DType dtype, List<OnnxDim> dims) {}

    private static Optional<TensorType> readType(ProtobufMessage type) {
        Optional<TensorType> tensor = Optional.empty();
        while (type.next()) {
            if (type.field() == 1) {
                tensor = readTensor(type.message());
            } else {
                type.skip(); // a sequence, a map
            }
        }
        return tensor;
    }

    private static Optional<TensorType> readTensor(ProtobufMessage tensor) {
        Optional<DType> dtype = Optional.empty();
        Optional<List<OnnxDim>> dims = Optional.empty();
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> dtype = ElementType.dtype(tensor.integer());
                case 2 -> dims = Optional.of(readShape(tensor.message()));
                default -> tensor.skip();
            }
        }
        return dtype.isPresent() && dims.isPresent()
                ? Optional.of(new TensorType(dtype.get(), dims.get()))
                : Optional.empty();
    }

    private static List<OnnxDim> readShape(ProtobufMessage shape) {
        List<OnnxDim> dims = new ArrayList<>();
        while (shape.next()) {
            if (shape.field() != 1) {
                shape.skip();
                continue;
            }
            if (dims.size() == MOST_DIMENSIONS) {
                throw shape.problem("holds an input or output of more than " + MOST_DIMENSIONS + " dimensions");
            }
            dims.add(readDim(shape.message()));
        }
        return dims;
    }

    private static OnnxDim readDim(ProtobufMessage dim) {
        OnnxDim read = UNKNOWN;
        while (dim.next()) {
            switch (dim.field()) {
                case 1 -> {
                    long size = dim.integer();
                    read = size < 0 ? UNKNOWN : OnnxDim.of(size); // some exporters write −1 for what they do not know
                }
                case 2 -> read = OnnxDim.of(dim.name());
                default -> dim.skip();
            }
        }
        return read;
    }
}
