package dev.cortado.model.onnx;

import dev.cortado.tensor.DType;
import java.util.Optional;

/// ONNX's numbers of element types (`TensorProto.DataType`). Those of no [DType] — strings, complex and unsigned
/// numbers, 4-bit floats — are none of ours.
final class ElementType {
    private ElementType() {}

    static int of(DType dtype) {
        return switch (dtype) {
            case F32 -> 1;
            case U8 -> 2;
            case I8 -> 3;
            case I16 -> 5;
            case I32 -> 6;
            case I64 -> 7;
            case BOOL -> 9;
            case F16 -> 10;
            case F64 -> 11;
            case BF16 -> 16;
            case F8_E4M3 -> 17;
            case F8_E5M2 -> 19;
        };
    }

    static Optional<DType> dtype(long number) {
        for (DType dtype : DType.values()) {
            if (of(dtype) == number) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }
}
