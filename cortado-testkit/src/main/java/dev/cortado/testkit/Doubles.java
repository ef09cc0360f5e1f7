package dev.cortado.testkit;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Between tensors and plain arrays of `double`.
public final class Doubles {
    private Doubles() {}

    /// All elements of a tensor of any dtype, row by row.
    public static double[] of(Tensor tensor) {
        try (var _ = Scope.open("doubles")) {
            return tensor.detach()
                    .to(Device.CPU)
                    .to(DType.F64)
                    .contiguous()
                    .bytes()
                    .toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
        }
    }

    /// The rows of a tensor [.., N], as arrays of N.
    public static double[][] rows(Tensor tensor) {
        double[] all = of(tensor);
        int width = Math.toIntExact(tensor.size(-1));
        return rows(all, width);
    }

    /// The same elements cut into rows.
    public static double[][] rows(double[] elements, int width) {
        double[][] rows = new double[elements.length / width][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(elements, i * width, (i + 1) * width));
        return rows;
    }

    /// The same elements one row after the other.
    public static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    /// A tensor on the CPU with these elements, row by row, rounded to a dtype.
    public static Tensor tensor(double[] elements, DType dtype, long... sizes) {
        return Tensors.copyOf(MemorySegment.ofArray(elements), DType.F64, Shape.of(sizes))
                .to(dtype);
    }

    /// Standard-normal numbers.
    public static double[] normal(RandomGenerator random, int count) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, _ -> random.nextGaussian());
        return numbers;
    }
}
