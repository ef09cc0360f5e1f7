package dev.cortado.tensor;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The fused loss head against [Nn#linear] and [Nn#crossEntropySum].
@ExtendWith(StrictScopes.class)
class FusedTest {
    private static final int WIDTH = 8;
    private static final int VOCABULARY = 17;

    private record Case(Tensor x, Tensor weight, Tensor targets) {
        static Case random(RandomGenerator random, DType dtype, long batch, long tokens) {
            Tensor x = Tensors.normal(Shape.of(batch, tokens, WIDTH), 0, 1, random)
                    .to(dtype)
                    .requiresGrad(true);
            Tensor weight =
                    Tensors.normal(Shape.of(VOCABULARY, WIDTH), 0, 1, random).requiresGrad(true);
            long[] targets = random.longs(batch * tokens, 0, VOCABULARY).toArray();
            for (int i = 0; i < targets.length; i += random.nextInt(1, 9)) {
                targets[i] = Nn.IGNORED;
            }
            return new Case(x, weight, Tensors.of(targets, batch, tokens));
        }

        Tensor naive() {
            Tensor logits = Nn.linear(x, weight.to(x.dtype())).to(DType.F32);
            return Nn.crossEntropySum(logits, targets);
        }

        Tensor fused() {
            return Fused.linearCrossEntropySum(x, weight, targets);
        }

        void forget() {
            x.clearGrad();
            weight.clearGrad();
        }
    }

    /// Value and both gradients of 0.7 times the loss, for the numbers of rows around the size of a chunk too.
    private static void compare(RandomGenerator random, DType dtype, long batch, long tokens, double tolerance) {
        Case one = Case.random(random, dtype, batch, tokens);
        Tensor expected = one.naive();
        expected.mul(0.7).backward();
        Tensor dx = one.x().grad().orElseThrow().copy();
        Tensor dWeight = one.weight().grad().orElseThrow().copy();
        one.forget();
        Tensor actual = one.fused();
        assertTensor(actual).hasDtype(DType.F32).hasShape().isCloseTo(expected, tolerance, tolerance);
        actual.mul(0.7).backward();
        assertTensor(one.x().grad().orElseThrow()).hasDtype(dtype).isCloseTo(dx, tolerance, tolerance);
        double largest = dWeight.square().max().sqrt().toDouble();
        assertTensor(one.weight().grad().orElseThrow())
                .hasDtype(DType.F32)
                .isCloseTo(dWeight, tolerance * largest, tolerance);
    }

    @Test
    void equalsItsNaiveForm() {
        Seeds.repeat(5, random -> {
            compare(random, DType.F32, 2, random.nextInt(1, 20), 1e-4);
            compare(random, DType.BF16, 2, random.nextInt(1, 20), 0.03);
        });
    }

    @Test
    void equalsItsNaiveFormOverSeveralChunks() {
        Seeds.repeat(2, random -> {
            compare(random, DType.F32, 1, 1024, 1e-4);
            compare(random, DType.F32, 5, 500, 1e-4);
            compare(random, DType.BF16, 3, 600, 0.03);
        });
    }

    @Test
    void withoutRecordingItIsTheValue() {
        Seeds.repeat(3, random -> {
            Case one = Case.random(random, DType.F32, 2, 9);
            try (var _ = Grad.off()) {
                assertThat(one.fused().toDouble()).isCloseTo(one.naive().toDouble(), within(1e-3));
                assertThat(one.fused().requiresGrad()).isFalse();
            }
        });
    }

    @Test
    void aTiedWeightCollectsBothGradients() {
        Seeds.repeat(3, random -> {
            Tensor weight =
                    Tensors.normal(Shape.of(VOCABULARY, WIDTH), 0, 1, random).requiresGrad(true);
            Tensor ids = Tensors.of(random.longs(6, 0, VOCABULARY).toArray(), 1, 6);
            Nn.crossEntropySum(Nn.linear(Nn.silu(Nn.embedding(weight, ids)), weight), ids)
                    .backward();
            Tensor expected = weight.grad().orElseThrow().copy();
            weight.clearGrad();
            Fused.linearCrossEntropySum(Nn.silu(Nn.embedding(weight, ids)), weight, ids)
                    .backward();
            assertTensor(weight.grad().orElseThrow()).isCloseTo(expected, 1e-4, 1e-4);
        });
    }

    @Test
    void theHeadAloneCanLearn() {
        Seeds.repeat(3, random -> {
            Case one = Case.random(random, DType.F32, 2, 9);
            var frozen = new Case(one.x().detach(), one.weight(), one.targets());
            frozen.naive().backward();
            Tensor expected = one.weight().grad().orElseThrow().copy();
            one.forget();
            frozen.fused().backward();
            assertTensor(one.weight().grad().orElseThrow()).isCloseTo(expected, 1e-4, 1e-4);
        });
    }

    @Test
    void aFrozenHeadCollectsNothing() {
        Seeds.repeat(3, random -> {
            Case one = Case.random(random, DType.F32, 2, 9);
            one.naive().backward();
            Tensor expected = one.x().grad().orElseThrow().copy();
            one.forget();
            one.weight().requiresGrad(false);
            one.fused().backward();
            assertTensor(one.x().grad().orElseThrow()).isCloseTo(expected, 1e-4, 1e-4);
            assertThat(one.weight().grad()).isEmpty();
        });
    }

    @Test
    void aBatchWithoutTargetsCostsNothing() {
        Seeds.repeat(1, random -> {
            Case one = Case.random(random, DType.F32, 1, 4);
            Tensor none = Tensors.filled(Shape.of(1, 4), Nn.IGNORED, DType.I64, Device.CPU);
            Tensor loss = new Case(one.x(), one.weight(), none).fused();
            loss.backward();
            assertThat(loss.toDouble()).isZero();
            assertThat(one.x().grad().orElseThrow().norm().toDouble()).isZero();
            assertThat(one.weight().grad().orElseThrow().norm().toDouble()).isZero();
        });
    }
}
