package dev.cortado.tensor;

import java.util.function.Supplier;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// The seam to the generated binding: dtypes, devices, scalars, and errors that say shapes and scope.
final class Native {
    private Native() {}

    static ScalarType of(DType dtype) {
        return switch (dtype) {
            case F64 -> ScalarType.Double;
            case F32 -> ScalarType.Float;
            case F16 -> ScalarType.Half;
            case BF16 -> ScalarType.BFloat16;
            case F8_E4M3 -> ScalarType.Float8_e4m3fn;
            case F8_E5M2 -> ScalarType.Float8_e5m2;
            case I64 -> ScalarType.Long;
            case I32 -> ScalarType.Int;
            case I16 -> ScalarType.Short;
            case I8 -> ScalarType.Char;
            case U8 -> ScalarType.Byte;
            case BOOL -> ScalarType.Bool;
        };
    }

    static DType of(ScalarType type) {
        return switch (type.intern()) { // the binding makes enum constants that are not the declared ones
            case Double -> DType.F64;
            case Float -> DType.F32;
            case Half -> DType.F16;
            case BFloat16 -> DType.BF16;
            case Float8_e4m3fn -> DType.F8_E4M3;
            case Float8_e5m2 -> DType.F8_E5M2;
            case Long -> DType.I64;
            case Int -> DType.I32;
            case Short -> DType.I16;
            case Char -> DType.I8;
            case Byte -> DType.U8;
            case Bool -> DType.BOOL;
            default -> throw new TensorException("element type " + type + " is not used here");
        };
    }

    static org.bytedeco.pytorch.Device of(Device device) {
        return switch (device) {
            case Device.Cpu _ -> new org.bytedeco.pytorch.Device(torch.DeviceType.CPU);
            case Device.Cuda(int index) -> new org.bytedeco.pytorch.Device(torch.DeviceType.CUDA, (byte) index);
        };
    }

    static TensorOptions options(DType dtype, Device device) {
        try (var place = of(device);
                var untyped = new TensorOptions(place);
                var type = new ScalarTypeOptional(of(dtype))) {
            return untyped.dtype(type);
        }
    }

    /// Runs one native operation; its result belongs to the innermost scope.
    static Tensor run(String operation, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        Scope scope = Scope.innermost(operation);
        try {
            return new Tensor(body.get(), scope);
        } catch (TensorException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused(operation, e, operands);
        }
    }

    static TensorException refused(String operation, RuntimeException cause, Tensor... operands) {
        StringBuilder text = new StringBuilder(operation);
        for (Tensor operand : operands) {
            text.append(' ').append(operand.describe());
        }
        String reason = String.valueOf(cause.getMessage());
        int end = reason.indexOf('\n');
        text.append(" in scope '").append(Scope.innermostName()).append("': ");
        return new TensorException(
                text.append(end < 0 ? reason : reason.substring(0, end)).toString(), cause);
    }
}
