package dev.cortado.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What the tests of kernels share: inputs both sides see alike, and the comparison with a reference in doubles.
final class Reference {
    private Reference() {}

    /// Element types with the error they allow, relative to the largest number of a result.
    ///
    /// F32 sums up to a few hundred rounded terms: 1e-5. BF16 keeps 8 bits, so a stored result is off by up to
    /// 2⁻⁹ of itself, and a gradient computed from a stored intermediate by a few times that: 2⁻⁶.
    record Precision(DType dtype, double tolerance) {
        @Override
        public String toString() {
            return dtype.toString();
        }
    }

    static Stream<Precision> precisions() {
        return Stream.of(new Precision(DType.F32, 1e-5), new Precision(DType.BF16, 1.0 / 64));
    }

    /// The same, and F64, which no kernel serves: LibTorch's naive form has to do it, with weights in F32.
    static Stream<Precision> precisionsAndFallback() {
        return Stream.concat(precisions(), Stream.of(new Precision(DType.F64, 1e-5)));
    }

    /// Normally distributed, of the given type, a leaf that collects a gradient.
    static Tensor leaf(RandomGenerator random, DType dtype, double deviation, long... sizes) {
        return Tensors.normal(dev.cortado.tensor.Shape.of(sizes), 0, deviation, random)
                .to(dtype)
                .requiresGrad(true);
    }

    static double[] doubles(Tensor x) {
        float[] floats = x.toFloats();
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, i -> floats[i]);
        return doubles;
    }

    static double[] gradient(Tensor x) {
        return doubles(x.grad().orElseThrow());
    }

    static void assertClose(String what, double[] actual, double[] wanted, double tolerance) {
        assertClose(what, actual, wanted, tolerance, 1e-30);
    }

    /// Allows an error of `tolerance` times the largest wanted number or `terms`, whichever is larger: give the
    /// size of the terms of a difference that may cancel.
    static void assertClose(String what, double[] actual, double[] wanted, double tolerance, double terms) {
        assertThat(actual).as(what).hasSameSizeAs(wanted);
        double largest = Arrays.stream(wanted).map(Math::abs).max().orElse(0);
        for (int i = 0; i < wanted.length; i++) {
            // Written so that NaN fails.
            assertThat(Math.abs(actual[i] - wanted[i]) <= tolerance * Math.max(largest, terms))
                    .as("%s[%d]: %s, wanted %s (largest %s)", what, i, actual[i], wanted[i], largest)
                    .isTrue();
        }
    }
}
