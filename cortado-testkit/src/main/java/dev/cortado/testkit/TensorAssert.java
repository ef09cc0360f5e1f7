package dev.cortado.testkit;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/// Assertions on a tensor; each returns this, so that they can be chained.
public final class TensorAssert {
    private final Tensor actual;

    private TensorAssert(Tensor actual) {
        this.actual = actual;
    }

    /// Begins: `assertTensor(y).hasShape(2, 3).isCloseTo(expected, 1e-6, 1e-5)`.
    public static TensorAssert assertTensor(Tensor actual) {
        return new TensorAssert(actual);
    }

    /// Fails unless the shape is this one.
    public TensorAssert hasShape(long... sizes) {
        Shape expected = Shape.of(sizes);
        if (!actual.shape().equals(expected)) {
            throw new AssertionError("expected shape " + expected + ", got " + actual.describe());
        }
        return this;
    }

    /// Fails unless the element type is this one.
    public TensorAssert hasDtype(DType expected) {
        if (actual.dtype() != expected) {
            throw new AssertionError("expected dtype " + expected + ", got " + actual.describe());
        }
        return this;
    }

    /// Fails unless shape, dtype and every element are the same; NaN equals NaN.
    public TensorAssert isSameAs(Tensor expected) {
        hasDtype(expected.dtype());
        return hasShape(expected.shape().sizes()).isCloseTo(Doubles.of(expected), 0, 0);
    }

    /// Fails unless the shapes are equal and |actual − expected| ≤ `atol` + `rtol`·|expected| for every element.
    public TensorAssert isCloseTo(Tensor expected, double atol, double rtol) {
        return hasShape(expected.shape().sizes()).isCloseTo(Doubles.of(expected), atol, rtol);
    }

    /// The same with the expected elements row by row.
    public TensorAssert isCloseTo(double[] expected, double atol, double rtol) {
        double[] values = Doubles.of(actual);
        if (values.length != expected.length) {
            throw new AssertionError("expected " + expected.length + " elements, got " + actual.describe());
        }
        int worst = -1;
        double worstExcess = 0;
        int wrong = 0;
        for (int i = 0; i < values.length; i++) {
            double excess = excess(values[i], expected[i], atol, rtol);
            if (excess > 0) {
                wrong++;
                if (excess > worstExcess) {
                    worst = i;
                    worstExcess = excess;
                }
            }
        }
        if (wrong > 0) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "%s: %d of %d elements differ; the worst is at %s: expected %.9g, got %.9g (|Δ| %.3g, atol %.3g, "
                            + "rtol %.3g)",
                    actual.describe(),
                    wrong,
                    values.length,
                    Arrays.toString(index(worst)),
                    expected[worst],
                    values[worst],
                    Math.abs(values[worst] - expected[worst]),
                    atol,
                    rtol));
        }
        return this;
    }

    /// By how much the difference is above what is allowed; ∞ where only one of both is NaN or infinite.
    private static double excess(double value, double expected, double atol, double rtol) {
        if (Double.compare(value, expected) == 0 || value == expected) {
            return 0;
        }
        double excess = Math.abs(value - expected) - (atol + rtol * Math.abs(expected));
        return Double.isFinite(excess) ? excess : Double.POSITIVE_INFINITY;
    }

    /// The place of the element with this number, one index per dimension.
    private long[] index(int number) {
        long[] sizes = actual.shape().sizes();
        long[] index = new long[sizes.length];
        long left = number;
        for (int dim = sizes.length - 1; dim >= 0; dim--) {
            index[dim] = left % sizes[dim];
            left /= sizes[dim];
        }
        return index;
    }
}
