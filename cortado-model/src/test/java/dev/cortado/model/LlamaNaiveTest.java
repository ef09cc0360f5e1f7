package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.NaiveLlama;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// [dev.cortado.model.arch.Llama] against the same formulas in plain loops.
@ExtendWith(StrictScopes.class)
class LlamaNaiveTest {
    @Test
    void logitsEqualTheNaiveOnes() {
        Seeds.repeat(15, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random);
                    var _ = Grad.off()) {
                int[] ids = TinyLlama.ids(spec, random, random.nextInt(1, 12));
                Tensor logits = model.forward(Tensors.of(ids, 1, ids.length), Pass.evaluation(Device.CPU));
                assertTensor(logits)
                        .hasShape(1, ids.length, spec.vocabSize())
                        .isCloseTo(Doubles.flat(TinyLlama.naive(model).logits(ids)), 1e-4, 1e-4);
            }
        });
    }

    @Test
    void packedLogitsEqualTheNaiveOnes() {
        Seeds.repeat(10, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random);
                    var _ = Grad.off()) {
                int[] ids = TinyLlama.ids(spec, random, 10);
                int[] positions = {0, 1, 2, 0, 0, 1, 2, 3, 4, 5};
                int[] segments = {7, 7, 7, 2, 5, 5, 5, 5, 5, 5};
                var packed = new Layout.Packed(Tensors.of(positions, 1, 10), Tensors.of(segments, 1, 10));
                Tensor logits = model.forward(
                        Tensors.of(ids, 1, 10), Pass.evaluation(Device.CPU).with(packed));
                double[][] expected = TinyLlama.naive(model).logits(ids, positions, segments);
                assertTensor(logits).isCloseTo(Doubles.flat(expected), 1e-4, 1e-4);
            }
        });
    }

    /// dL/dθ of one random number of every parameter, by moving it in the naive model.
    @Test
    void gradientsEqualCentralDifferencesOfTheNaiveModel() {
        Seeds.repeat(3, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random)) {
                int[] ids = TinyLlama.ids(spec, random, 6);
                int[] next = TinyLlama.ids(spec, random, 6);
                Tensor logits = model.forward(Tensors.of(ids, 1, 6), Pass.evaluation(Device.CPU));
                Nn.crossEntropySum(logits, Tensors.of(next, 1, 6)).backward();
                NaiveLlama naive = TinyLlama.naive(model);
                long[] targets = Arrays.stream(next).asLongStream().toArray();
                for (Parameter p : model.parameters()) {
                    double[][] rows = Objects.requireNonNull(naive.weights().get(p.name()));
                    double[][] gradient = Doubles.rows(p.tensor().grad().orElseThrow());
                    int row = random.nextInt(rows.length);
                    int column = random.nextInt(rows[row].length);
                    double at = rows[row][column];
                    rows[row][column] = at + 1e-4;
                    double above = Naive.crossEntropySum(naive.logits(ids), targets);
                    rows[row][column] = at - 1e-4;
                    double below = Naive.crossEntropySum(naive.logits(ids), targets);
                    rows[row][column] = at;
                    assertThat(gradient[row][column])
                            .as(p.name())
                            .isCloseTo(
                                    (above - below) / 2e-4,
                                    within(2e-3 * Math.max(1, Math.abs(gradient[row][column]))));
                }
            }
        });
    }
}
