package dev.cortado.tensor;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every method of [Tensor] and [Tensors] against plain arrays.
@ExtendWith(StrictScopes.class)
class TensorTest {
    /// 0, 1, … in the given shape.
    private static Tensor counting(long... sizes) {
        return Tensors.range(0, Shape.of(sizes).count(), Device.CPU)
                .to(DType.F32)
                .reshape(sizes);
    }

    private static double[] map(double[] x, DoubleUnaryOperator f) {
        return Arrays.stream(x).map(f).toArray();
    }

    @Test
    void saysWhatItIs() {
        Tensor x = counting(2, 3);
        assertThat(x.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(x.size(0)).isEqualTo(2);
        assertThat(x.size(-1)).isEqualTo(3);
        assertThat(x.rank()).isEqualTo(2);
        assertThat(x.count()).isEqualTo(6);
        assertThat(x.dtype()).isEqualTo(DType.F32);
        assertThat(x.device()).isEqualTo(Device.CPU);
        assertThat(x.describe()).isEqualTo("F32[2, 3]");
        assertThat(x).hasToString("Tensor F32[2, 3]");
    }

    @Test
    void isMade() {
        assertTensor(Tensors.zeros(Shape.of(2), DType.BF16, Device.CPU))
                .hasDtype(DType.BF16)
                .isCloseTo(new double[2], 0, 0);
        assertTensor(Tensors.ones(Shape.of(2, 1), DType.I32, Device.CPU)).isCloseTo(new double[] {1, 1}, 0, 0);
        assertTensor(Tensors.filled(Shape.of(), -2.5, DType.F64, Device.CPU)).isCloseTo(new double[] {-2.5}, 0, 0);
        assertTensor(Tensors.range(-1, 3, Device.CPU)).hasDtype(DType.I64).isCloseTo(new double[] {-1, 0, 1, 2}, 0, 0);
        assertThat(Tensors.range(3, 3, Device.CPU).count()).isZero();
        assertThat(Tensors.of(new int[] {1, -2}, 2).toLongs()).containsExactly(1, -2);
        assertThat(Tensors.of(new long[] {1L << 40}, 1).toLongs()).containsExactly(1L << 40);
        assertThat(Tensors.of(new float[] {1.5f}, 1, 1).toFloats()).containsExactly(1.5f);
        assertThatThrownBy(() -> Tensors.of(new float[5], 2, 3))
                .isInstanceOf(TensorException.class)
                .hasMessage("F32[2, 3] takes 24 bytes, not 20");
    }

    @Test
    void normalElementsDependOnTheSeedAlone() {
        Tensor x = Tensors.normal(Shape.of(50, 40), 3, 2, new java.util.SplittableRandom(5));
        assertTensor(Tensors.normal(Shape.of(50, 40), 3, 2, new java.util.SplittableRandom(5)))
                .isSameAs(x);
        assertThat(x.mean().toDouble()).isBetween(2.8, 3.2);
        assertThat(x.sub(x.mean()).square().mean().toDouble()).isBetween(3.6, 4.4);
    }

    @Test
    void aViewReadsForeignMemory() {
        Tensor memory = counting(6);
        Tensor view = Tensors.view(memory.bytes(), DType.F32, Shape.of(2, 3));
        memory.fillInPlace(7);
        assertTensor(view).hasShape(2, 3).isCloseTo(new double[] {7, 7, 7, 7, 7, 7}, 0, 0);
        assertThatThrownBy(() -> Tensors.view(memory.bytes(), DType.F64, Shape.of(2, 3)))
                .hasMessage("F64[2, 3] takes 48 bytes, not 24");
    }

    @Test
    void bytesAreTheElements() {
        Tensor x = counting(2, 2);
        assertThat(x.bytes().byteSize()).isEqualTo(16);
        x.bytes().set(java.lang.foreign.ValueLayout.JAVA_FLOAT, 4, 9);
        assertThat(x.toFloats()).containsExactly(0, 9, 2, 3);
        assertThatThrownBy(() -> x.transpose(0, 1).bytes())
                .hasMessageContaining("bytes of F32[2, 2]")
                .hasMessageContaining("contiguous");
    }

    @Test
    void convertsDtypes() {
        Tensor x = Tensors.of(new float[] {-1.75f, 0, 300}, 3);
        assertThat(x.to(DType.F32)).isSameAs(x);
        assertThat(x.to(Device.CPU)).isSameAs(x);
        assertTensor(x.to(DType.I64)).hasDtype(DType.I64).isCloseTo(new double[] {-1, 0, 300}, 0, 0);
        assertTensor(x.to(DType.BOOL)).isCloseTo(new double[] {1, 0, 1}, 0, 0);
        assertTensor(x.to(DType.BF16)).isCloseTo(new double[] {-1.75, 0, 300}, 0, 0);
        assertThat(x.to(DType.F16).toFloats()).containsExactly(-1.75f, 0, 300);
        assertThat(x.to(DType.I8).to(DType.BOOL).toLongs()).containsExactly(1, 0, 1);
    }

    @Test
    void takesOtherShapes() {
        Tensor x = counting(2, 3, 4);
        assertTensor(x.reshape(-1, 4)).hasShape(6, 4).isCloseTo(Doubles.of(x), 0, 0);
        assertTensor(x.transpose(0, -1)).hasShape(4, 3, 2);
        assertThat(x.transpose(0, -1).select(0, 1).toFloats()).containsExactly(1, 13, 5, 17, 9, 21);
        assertTensor(x.permute(2, 0, 1))
                .hasShape(4, 2, 3)
                .isSameAs(x.transpose(1, 2).transpose(0, 1));
        assertTensor(x.flatten(1)).hasShape(2, 12);
        assertTensor(x.flatten(0, 1)).hasShape(6, 4);
        assertTensor(x.flatten(0, -2)).hasShape(6, 4);
        assertTensor(x.unsqueeze(0)).hasShape(1, 2, 3, 4);
        assertTensor(x.unsqueeze(-1)).hasShape(2, 3, 4, 1);
        assertTensor(x.unsqueeze(1).squeeze(1)).isSameAs(x);
        assertTensor(counting(2, 1).expand(2, 3)).isCloseTo(new double[] {0, 0, 0, 1, 1, 1}, 0, 0);
        assertThat(x.contiguous()).isSameAs(x);
        assertTensor(x.transpose(0, 1).contiguous()).isSameAs(x.transpose(0, 1));
        assertTensor(counting().unsqueeze(0)).hasShape(1);
    }

    @Test
    void viewsShareMemoryAndCopiesDoNot() {
        Tensor x = counting(2, 2);
        Tensor copy = x.copy();
        x.select(0, 1).fillInPlace(9);
        assertThat(x.toFloats()).containsExactly(0, 1, 9, 9);
        assertThat(copy.toFloats()).containsExactly(0, 1, 2, 3);
        x.detach().slice(0, 0, 1).fillInPlace(5);
        assertThat(x.toFloats()).containsExactly(5, 5, 9, 9);
    }

    @Test
    void slicesFromBothEnds() {
        Tensor x = counting(2, 5);
        assertThat(x.slice(1, 1, 3).toFloats()).containsExactly(1, 2, 6, 7);
        assertThat(x.slice(-1, 0, -1).toFloats()).containsExactly(0, 1, 2, 3, 5, 6, 7, 8);
        assertThat(x.slice(1, -2).toFloats()).containsExactly(3, 4, 8, 9);
        assertThat(x.slice(1, 5).count()).isZero();
        assertThat(x.slice(0, 2, 2).shape()).isEqualTo(Shape.of(0, 5));
        assertThat(x.select(-1, -1).toFloats()).containsExactly(4, 9);
        List<Tensor> parts = x.split(2, 1);
        assertThat(parts).hasSize(3);
        assertTensor(Tensors.cat(parts, -1)).isSameAs(x);
        assertThat(parts.getLast().toFloats()).containsExactly(4, 9);
        for (long[] bad : new long[][] {{0, 6}, {3, 2}, {-6, 2}, {0, -6}}) {
            assertThatThrownBy(() -> x.slice(1, bad[0], bad[1]))
                    .isInstanceOf(TensorException.class)
                    .hasMessage("slice " + bad[0] + " to " + bad[1] + " of dimension 1 of F32[2, 5]");
        }
    }

    /// One of the element-wise functions beside its meaning.
    private record Unary(String name, UnaryOperator<Tensor> tensor, DoubleUnaryOperator meaning) {}

    @Test
    void functionsOfEachElement() {
        List<Unary> all = List.of(
                new Unary("add", x -> x.add(2.5), v -> v + 2.5),
                new Unary("mul", x -> x.mul(-3), v -> -3 * v),
                new Unary("div", x -> x.div(4), v -> v / 4),
                new Unary("pow", x -> x.pow(3), v -> v * v * v),
                new Unary("neg", Tensor::neg, v -> -v),
                new Unary("abs", Tensor::abs, Math::abs),
                new Unary("exp", Tensor::exp, Math::exp),
                new Unary("log", x -> x.square().log(), v -> Math.log(v * v)),
                new Unary("sqrt", x -> x.square().sqrt(), Math::abs),
                new Unary("rsqrt", x -> x.square().rsqrt(), v -> 1 / Math.abs(v)),
                new Unary("square", Tensor::square, v -> v * v),
                new Unary("cos", Tensor::cos, Math::cos),
                new Unary("sin", Tensor::sin, Math::sin),
                new Unary("sigmoid", Tensor::sigmoid, v -> 1 / (1 + Math.exp(-v))),
                new Unary("silu", Nn::silu, Naive::silu),
                new Unary("addInPlace", x -> x.addInPlace(2.5), v -> v + 2.5),
                new Unary("mulInPlace", x -> x.mulInPlace(-3), v -> -3 * v),
                new Unary("fillInPlace", x -> x.fillInPlace(4), _ -> 4),
                new Unary("maskedFill", x -> x.maskedFill(x.lt(x.mul(0)), 7), v -> v < 0 ? 7 : v));
        Seeds.repeat(10, random -> {
            double[] values = Doubles.normal(random, 12);
            for (Unary one : all) {
                Tensor x = Doubles.tensor(values, DType.F64, 3, 4);
                assertTensor(one.tensor().apply(x)).hasShape(3, 4).isCloseTo(map(values, one.meaning()), 1e-12, 1e-12);
            }
        });
    }

    /// One of the functions of two tensors beside its meaning.
    private record Binary(
            String name, java.util.function.BinaryOperator<Tensor> tensor, DoubleBinaryOperator meaning) {}

    @Test
    void functionsOfTwoBroadcastElements() {
        List<Binary> all = List.of(
                new Binary("add", Tensor::add, Double::sum),
                new Binary("sub", Tensor::sub, (a, b) -> a - b),
                new Binary("mul", Tensor::mul, (a, b) -> a * b),
                new Binary("div", Tensor::div, (a, b) -> a / b),
                new Binary("eq", Tensor::eq, (a, b) -> a == b ? 1 : 0),
                new Binary("lt", Tensor::lt, (a, b) -> a < b ? 1 : 0),
                new Binary("le", Tensor::le, (a, b) -> a <= b ? 1 : 0),
                new Binary("gt", Tensor::gt, (a, b) -> a > b ? 1 : 0),
                new Binary("larger", Tensors::larger, Math::max),
                new Binary("smaller", Tensors::smaller, Math::min),
                new Binary("where", (a, b) -> Tensors.where(a.lt(b), a.mul(2), b), (a, b) -> a < b ? 2 * a : b),
                new Binary("copyInPlace", (a, b) -> a.copy().copyInPlace(b), (_, b) -> b),
                new Binary("addInPlace", (a, b) -> a.copy().addInPlace(b), Double::sum),
                new Binary("addInPlace factor", (a, b) -> a.copy().addInPlace(b, -2), (a, b) -> a - 2 * b),
                new Binary("addProduct", (a, b) -> a.copy().addProductInPlace(a, b, 3), (a, b) -> a + 3 * a * b),
                new Binary("addQuotient", (a, b) -> a.copy().addQuotientInPlace(a, b, 3), (a, b) -> a + 3 * a / b));
        Seeds.repeat(10, random -> {
            double[] left = map(Doubles.normal(random, 12), v -> Math.rint(v * 2) / 2);
            double[] right = map(Doubles.normal(random, 4), v -> Math.rint(v * 2) / 2);
            for (Binary one : all) {
                Tensor a = Doubles.tensor(left, DType.F64, 3, 4);
                Tensor b = Doubles.tensor(right, DType.F64, 4);
                double[] expected = new double[12];
                Arrays.setAll(expected, i -> one.meaning().applyAsDouble(left[i], right[i % 4]));
                assertTensor(one.tensor().apply(a, b)).hasShape(3, 4).isCloseTo(expected, 1e-12, 1e-12);
                assertTensor(a).isCloseTo(left, 0, 0);
            }
        });
    }

    @Test
    void theErrorFunction() {
        double[] known = {0, 0.5204998778130465, 0.8427007929497149, -0.9953222650189527};
        assertTensor(Doubles.tensor(new double[] {0, 0.5, 1, -2}, DType.F64, 4).erf())
                .isCloseTo(known, 1e-12, 0);
    }

    @Test
    void anEmptyTensorHasNoBytes() {
        Tensor empty = Tensors.zeros(Shape.of(0, 3), DType.F32, Device.CPU);
        assertThat(empty.bytes().byteSize()).isZero();
        assertTensor(Tensors.copyOf(empty.bytes(), DType.F32, Shape.of(2, 0))).hasShape(2, 0);
        assertThat(empty.toFloats()).isEmpty();
    }

    @Test
    void logicOfBooleans() {
        Tensor a = Tensors.of(new long[] {0, 0, 1, 1}, 4).to(DType.BOOL);
        Tensor b = Tensors.of(new long[] {0, 1, 0, 1}, 4).to(DType.BOOL);
        assertThat(a.and(b).toLongs()).containsExactly(0, 0, 0, 1);
        assertThat(a.or(b).toLongs()).containsExactly(0, 1, 1, 1);
        assertThat(a.not().toLongs()).containsExactly(1, 1, 0, 0);
        assertTensor(counting(3).eq(1)).hasDtype(DType.BOOL).isCloseTo(new double[] {0, 1, 0}, 0, 0);
    }

    @Test
    void matrixProductsInBatches() {
        Seeds.repeat(10, random -> {
            int n = random.nextInt(1, 5);
            int m = random.nextInt(1, 5);
            int p = random.nextInt(1, 5);
            double[] a = Doubles.normal(random, 2 * n * m);
            double[] b = Doubles.normal(random, m * p);
            double[][] columns = new double[p][m];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < p; j++) {
                    columns[j][i] = b[i * p + j];
                }
            }
            assertTensor(Doubles.tensor(a, DType.F64, 2, n, m).matmul(Doubles.tensor(b, DType.F64, m, p)))
                    .hasShape(2, n, p)
                    .isCloseTo(Doubles.flat(Naive.linear(Doubles.rows(a, m), columns)), 1e-12, 1e-12);
        });
    }

    @Test
    void reductions() {
        Tensor x = Tensors.of(new float[] {1, 5, 3, 5, -2, 0}, 2, 3);
        assertTensor(x.sum()).hasShape().isCloseTo(new double[] {12}, 0, 0);
        assertTensor(x.sum(0)).hasShape(1, 3).isCloseTo(new double[] {6, 3, 3}, 0, 0);
        assertTensor(x.sum(-1)).hasShape(2, 1).isCloseTo(new double[] {9, 3}, 0, 0);
        assertTensor(x.cumulativeSum(1)).hasShape(2, 3).isCloseTo(new double[] {1, 6, 9, 5, 3, 3}, 0, 0);
        assertThat(x.mean().toDouble()).isEqualTo(2);
        assertTensor(x.mean(1)).hasShape(2, 1).isCloseTo(new double[] {3, 1}, 0, 0);
        assertThat(x.max().toDouble()).isEqualTo(5);
        assertThat(x.norm().toDouble()).isEqualTo(8);
        assertTensor(x.argmax(-1)).hasDtype(DType.I64).hasShape(2).isCloseTo(new double[] {1, 0}, 0, 0);
        assertTensor(x.argmax(0)).hasShape(3).isCloseTo(new double[] {1, 0, 0}, 0, 0);
        assertThat(Tensors.of(new float[] {2, 7, 7, 7}, 4).argmax(0).toLong())
                .as("the first of equals")
                .isEqualTo(1);
        assertThat(x.isFinite()).isTrue();
        assertThat(x.div(0).isFinite()).isFalse();
        assertThat(x.add(-5).sqrt().isFinite()).isFalse();
        assertThat(Tensors.zeros(Shape.of(0), DType.F32, Device.CPU).sum().toDouble())
                .isZero();
    }

    @Test
    void softmaxes() {
        Seeds.repeat(10, random -> {
            double[] values = map(Doubles.normal(random, 8), v -> 50 * v);
            Tensor x = Doubles.tensor(values, DType.F64, 2, 4);
            double[][] rows = Doubles.rows(values, 4);
            double[][] expected = Arrays.stream(rows).map(Naive::softmax).toArray(double[][]::new);
            assertTensor(x.softmax(-1)).isCloseTo(Doubles.flat(expected), 1e-14, 1e-12);
            assertTensor(x.logSoftmax(1).exp()).isCloseTo(Doubles.flat(expected), 1e-14, 1e-12);
            double[] logSumExp = Arrays.stream(rows)
                    .mapToDouble(row -> {
                        double largest = Arrays.stream(row).max().orElseThrow();
                        return largest
                                + Math.log(Arrays.stream(row)
                                        .map(v -> Math.exp(v - largest))
                                        .sum());
                    })
                    .toArray();
            assertTensor(x.logSumExp(-1)).hasShape(2).isCloseTo(logSumExp, 1e-12, 1e-12);
            assertTensor(x.transpose(0, 1).softmax(0)).isCloseTo(x.softmax(1).transpose(0, 1), 1e-14, 1e-12);
        });
    }

    @Test
    void choosesByIndex() {
        Tensor x = counting(3, 2);
        Tensor index = Tensors.of(new long[] {2, 0, 2}, 3);
        assertThat(x.indexSelect(0, index).toFloats()).containsExactly(4, 5, 0, 1, 4, 5);
        assertThat(x.indexSelect(-1, Tensors.of(new long[] {1}, 1)).toFloats()).containsExactly(1, 3, 5);
        Tensor column = Tensors.of(new long[] {1, 0, 1}, 3, 1);
        assertTensor(x.gather(1, column)).hasShape(3, 1).isCloseTo(new double[] {1, 2, 5}, 0, 0);
        Tensor ones = Tensors.ones(Shape.of(3, 1), DType.F32, Device.CPU);
        assertThat(x.scatterAddInPlace(1, column, ones.mul(10)).toFloats()).containsExactly(0, 11, 12, 3, 4, 15);
    }

    @Test
    void leavesForJava() {
        assertThat(counting(1, 1).add(2.5).toDouble()).isEqualTo(2.5);
        assertThat(Tensors.of(new long[] {1L << 60}, 1).toLong()).isEqualTo(1L << 60);
        assertThat(counting(2, 2).transpose(0, 1).toFloats()).containsExactly(0, 2, 1, 3);
        assertThat(counting(3).requiresGrad(true).mul(2).toFloats()).containsExactly(0, 2, 4);
        assertThatThrownBy(() -> counting(2).toDouble()).hasMessageContaining("toDouble of F32[2]");
        assertThatThrownBy(() -> counting(1).toLong()).hasMessageContaining("toLong of F32[1]");
    }

    @Test
    void aRefusalNamesOperationShapesAndScope() {
        Tensor x = counting(2, 3);
        Tensor y = counting(4);
        Tensor ids = Tensors.of(new long[] {9}, 1);
        try (var _ = Scope.open("some layer")) {
            assertRefused(() -> x.add(y), "add F32[2, 3] F32[4]");
            assertRefused(() -> x.mul(y), "mul F32[2, 3] F32[4]");
            assertRefused(() -> x.matmul(y), "matmul F32[2, 3] F32[4]");
            assertRefused(() -> x.addInPlace(y), "addInPlace F32[2, 3] F32[4]");
            assertRefused(() -> x.copyInPlace(y), "copyInPlace F32[2, 3] F32[4]");
            assertRefused(() -> x.reshape(4), "reshape F32[2, 3]");
            assertRefused(() -> x.select(0, 2), "select F32[2, 3]");
            assertRefused(() -> x.transpose(0, 2), "transpose F32[2, 3]");
            assertRefused(() -> x.softmax(2), "softmax F32[2, 3]");
            assertRefused(() -> x.indexSelect(0, ids), "indexSelect F32[2, 3] I64[1]");
            assertRefused(() -> x.gather(0, ids.unsqueeze(0)), "gather F32[2, 3] I64[1, 1]");
            assertRefused(() -> x.maskedFill(y, 1), "maskedFill F32[2, 3] F32[4]");
            assertRefused(() -> Tensors.cat(List.of(x, y), 0), "cat F32[2, 3] F32[4]");
            assertRefused(() -> Nn.linear(x, y.reshape(1, 4)), "linear F32[2, 3] F32[1, 4]");
            assertRefused(() -> Nn.linear(x, x.to(DType.BF16)), "linear F32[2, 3] BF16[2, 3]");
            assertRefused(() -> Nn.embedding(x, ids), "embedding F32[2, 3] I64[1]");
            assertRefused(() -> Nn.rmsNorm(x, y, 1e-5), "rmsNorm F32[2, 3] F32[4]");
            assertRefused(() -> Nn.crossEntropy(x, ids), "crossEntropy F32[2, 3] I64[1]");
        }
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable operation, String what) {
        assertThatThrownBy(operation)
                .isInstanceOf(TensorException.class)
                .hasMessageStartingWith(what + " in scope 'some layer': ")
                .message()
                .doesNotContain("\n")
                .hasSizeGreaterThan(what.length() + 35);
    }
}
