package dev.cortado.testkit;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The tools themselves: each can fail, and says what about.
class TestkitTest {
    @Test
    void watchCountsWhatOutlivesIt() {
        StrictScopes.Watch clean = StrictScopes.Watch.open("clean");
        Tensors.zeros(Shape.of(2), DType.F32, Device.CPU);
        clean.close();

        StrictScopes.Watch leaky = StrictScopes.Watch.open("leaky");
        List<Tensor> leaked = new ArrayList<>();
        try (var scope = Scope.open("inside")) {
            leaked.add(scope.own(Tensors.zeros(Shape.of(2), DType.F32, Device.CPU)));
            leaked.add(scope.own(Tensors.zeros(Shape.of(2), DType.F32, Device.CPU)));
        }
        assertThatThrownBy(leaky::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("'leaky' leaked 2 tensors");
        StrictScopes.Watch greedy = StrictScopes.Watch.open("greedy");
        leaked.forEach(Tensor::close);
        assertThatThrownBy(greedy::close).hasMessageContaining("closed 2 of somebody else's");
    }

    @Test
    void tensorAssertShowsTheWorstElement() {
        try (var _ = Scope.open("test")) {
            Tensor x = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2);
            assertTensor(x)
                    .hasShape(2, 2)
                    .hasDtype(DType.F32)
                    .isSameAs(x.copy())
                    .isCloseTo(new double[] {1, 2.09, 3, 4}, 0.1, 0)
                    .isCloseTo(new double[] {1, 2, 3.3, 4}, 0, 0.1);
            assertThatThrownBy(() -> assertTensor(x).isCloseTo(new double[] {1, 2.25, 5, 4}, 0.1, 0.01))
                    .hasMessage("F32[2, 2]: 2 of 4 elements differ; the worst is at [1, 0]: expected 5.00000000, got "
                            + "3.00000000 (|Δ| 2.00, atol 0.100, rtol 0.0100)");
            assertThatThrownBy(() -> assertTensor(x).isCloseTo(new double[] {1, 2, Double.NaN, 4}, 9, 9))
                    .hasMessageContaining("[1, 0]");
            assertThatThrownBy(
                            () -> assertTensor(x.add(Double.POSITIVE_INFINITY)).isCloseTo(x, 9, 9))
                    .hasMessageContaining("4 of 4");
            assertThatThrownBy(() -> assertTensor(x).isCloseTo(x.reshape(4), 9, 9))
                    .hasMessage("expected shape [4], got F32[2, 2]");
            assertThatThrownBy(() -> assertTensor(x).isSameAs(x.to(DType.F64))).hasMessageContaining("dtype F64");
            assertThatThrownBy(() -> assertTensor(x).isCloseTo(new double[3], 9, 9))
                    .hasMessageContaining("3 elements");
        }
    }

    @Test
    void aFailureNamesTheSeedThatRepeatsIt() {
        List<Long> drawn = new ArrayList<>();
        assertThatThrownBy(() -> Seeds.repeat(100, random -> {
                    drawn.add(random.nextLong());
                    assertThat(drawn).hasSizeLessThan(7);
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("fails with -Dcortado.seed=");
        assertThat(drawn).hasSize(7).doesNotHaveDuplicates();
    }

    @Test
    void numericGradientOfAPolynomial() {
        double[] gradient = Gradients.numeric(x -> x[0] * x[0] * x[1] + 3 * x[1], new double[] {2, 5}, 1e-5);
        assertThat(gradient).containsExactly(new double[] {20, 7}, within(1e-8));
    }

    @Test
    void naiveFormulasByHand() {
        assertThat(Naive.softmax(new double[] {0, Math.log(3)}))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-15));
        assertThat(Naive.rmsNorm(new double[] {3, 4}, new double[] {1, 2}, 0))
                .containsExactly(new double[] {3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)}, within(1e-15));
        // A quarter turn of both pairs: theta 1 gives them the same angle, position·1.
        assertThat(Naive.rotary(new double[] {1, 2, 0, 0}, 1, 1)[2]).isCloseTo(Math.sin(1), within(1e-15));
        assertThat(Naive.rotary(new double[] {1, 2, 3, 4}, 0, 10_000)).containsExactly(1, 2, 3, 4);
        assertThat(Naive.crossEntropySum(new double[][] {{0, 0}, {5, 6}}, new long[] {1, -100}))
                .isCloseTo(Math.log(2), within(1e-15));
        // The first step of Adam moves by lr in the gradient's direction, whatever the gradient's size.
        var settings = new Naive.AdamWSettings(0.1, 0.9, 0.99, 0, 0.5);
        assertThat(Naive.adamW(new Naive.Moments(2, 0, 0), 1e-3, 1, settings).parameter())
                .isCloseTo(2 - 0.1 - 0.1 * 0.5 * 2, within(1e-12));
    }

    @Test
    void naiveAttentionOfOneTokenIsItsValue() {
        double[][][] q = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
        double[][][] kv = {{{1, 0}, {0, 1}}};
        // The second token is a text of its own, so it sees itself alone, as the first one does.
        double[][][] mixed = Naive.attention(q, kv, kv, new int[] {0, 1});
        assertThat(mixed[0][0]).containsExactly(1, 0);
        assertThat(mixed[1][1]).containsExactly(0, 1);
        double[][][] together = Naive.attention(q, kv, kv, new int[] {0, 0});
        double weight = Math.exp(4 / Math.sqrt(2)) / (Math.exp(3 / Math.sqrt(2)) + Math.exp(4 / Math.sqrt(2)));
        assertThat(together[0][1]).containsExactly(new double[] {1 - weight, weight}, within(1e-15));
    }

    @Test
    void naiveLlamaWithoutLayersIsEmbeddingNormHead() {
        double[][] embedding = {{3, 4}, {1, 1}};
        var llama = new NaiveLlama(
                0, 1, 1, 1e-9, 1e4, Map.of("model.embed_tokens.weight", embedding, "model.norm.weight", new double[][] {
                    {1, 1}
                }));
        assertThat(llama.logits(new int[] {1})[0]).containsExactly(new double[] {7, 2}, within(1e-6));
    }
}
