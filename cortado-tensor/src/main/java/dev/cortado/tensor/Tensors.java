package dev.cortado.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Where tensors come from. Each belongs to the innermost [Scope].
public final class Tensors {
    private Tensors() {}

    /// All elements zero.
    public static Tensor zeros(Shape shape, DType dtype, Device device) {
        return filled(shape, 0, dtype, device);
    }

    /// All elements one.
    public static Tensor ones(Shape shape, DType dtype, Device device) {
        return filled(shape, 1, dtype, device);
    }

    /// All elements the same number.
    public static Tensor filled(Shape shape, double number, DType dtype, Device device) {
        try (var options = Native.options(dtype, device);
                var scalar = new Scalar(number)) {
            return Native.run("filled " + shape, () -> torch.full(shape.sizes(), scalar, options));
        }
    }

    /// The numbers `from` (included) to `to` (excluded), I64 [to − from].
    public static Tensor range(long from, long to, Device device) {
        try (var options = Native.options(DType.I64, device);
                var first = new Scalar(from);
                var end = new Scalar(to)) {
            return Native.run("range", () -> torch.arange(first, end, options));
        }
    }

    /// An F32 tensor on the CPU with these elements, row by row.
    public static Tensor of(float[] elements, long... sizes) {
        return copyOf(MemorySegment.ofArray(elements), DType.F32, Shape.of(sizes));
    }

    /// An I64 tensor on the CPU with these elements, row by row.
    public static Tensor of(long[] elements, long... sizes) {
        return copyOf(MemorySegment.ofArray(elements), DType.I64, Shape.of(sizes));
    }

    /// An I64 tensor on the CPU with these elements, row by row.
    public static Tensor of(int[] elements, long... sizes) {
        return of(Arrays.stream(elements).asLongStream().toArray(), sizes);
    }

    /// A tensor on the CPU with a copy of the given bytes.
    public static Tensor copyOf(MemorySegment bytes, DType dtype, Shape shape) {
        requireLength(bytes, dtype, shape);
        Tensor tensor = zeros(shape, dtype, Device.CPU);
        tensor.bytes().copyFrom(bytes);
        return tensor;
    }

    /// A tensor on the CPU that reads the given native memory in place. The memory must stay alive, and
    /// unchanged if it is read-only, for as long as the tensor and its views are used.
    public static Tensor view(MemorySegment bytes, DType dtype, Shape shape) {
        requireLength(bytes, dtype, shape);
        try (var options = Native.options(dtype, Device.CPU);
                var pointer = new Address(bytes.address())) {
            return Native.run("view " + shape, () -> torch.from_blob(pointer, shape.sizes(), options));
        }
    }

    /// Normally distributed F32 elements on the CPU, drawn one after the other from `random`, so that a seed
    /// gives the same weights on every device.
    public static Tensor normal(Shape shape, double mean, double deviation, RandomGenerator random) {
        float[] elements = new float[Math.toIntExact(shape.count())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (float) random.nextGaussian(mean, deviation);
        }
        return copyOf(MemorySegment.ofArray(elements), DType.F32, shape);
    }

    /// Tensors joined along a dimension.
    public static Tensor cat(List<Tensor> parts, int dim) {
        try (var vector = vector(parts)) {
            return Native.run("cat", () -> torch.cat(vector, dim), parts.toArray(Tensor[]::new));
        }
    }

    /// The larger of two elements, each; the shapes are broadcast.
    public static Tensor larger(Tensor a, Tensor b) {
        return Native.run("larger", () -> torch.maximum(a.handle(), b.handle()), a, b);
    }

    /// The smaller of two elements, each; the shapes are broadcast.
    public static Tensor smaller(Tensor a, Tensor b) {
        return Native.run("smaller", () -> torch.minimum(a.handle(), b.handle()), a, b);
    }

    /// The element of `yes` where `condition` (BOOL) is true, that of `no` elsewhere; the shapes are broadcast.
    public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
        return Native.run(
                "where", () -> torch.where(condition.handle(), yes.handle(), no.handle()), condition, yes, no);
    }

    private static TensorVector vector(List<Tensor> parts) {
        TensorVector vector = new TensorVector();
        for (Tensor part : parts) {
            vector.push_back(part.handle());
        }
        return vector;
    }

    private static void requireLength(MemorySegment bytes, DType dtype, Shape shape) {
        if (bytes.byteSize() != shape.count() * dtype.bytes()) {
            throw new TensorException(dtype + shape.toString() + " takes " + shape.count() * dtype.bytes()
                    + " bytes, not " + bytes.byteSize());
        }
    }

    /// A pointer to memory that somebody else frees.
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
