package dev.cortado.model.sentence;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.sentence.Pooling.Mode;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class PoolingTest {
    private static final int WIDTH = 5;

    /// Of the tokens of one text, in plain loops.
    static double[] naive(List<Mode> modes, double[][] tokens) {
        return modes.stream()
                .flatMapToDouble(mode -> IntStream.range(0, tokens[0].length)
                        .mapToDouble(i -> channel(
                                mode,
                                Arrays.stream(tokens).mapToDouble(t -> t[i]).toArray())))
                .toArray();
    }

    private static double channel(Mode mode, double[] x) {
        double sum = Arrays.stream(x).sum();
        return switch (mode) {
            case FIRST -> x[0];
            case MAX -> Arrays.stream(x).max().orElseThrow();
            case MEAN -> sum / x.length;
            case MEAN_SQRT_LENGTH -> sum / Math.sqrt(x.length);
            case WEIGHTED_MEAN ->
                IntStream.range(0, x.length).mapToDouble(t -> (t + 1) * x[t]).sum() / (x.length * (x.length + 1) / 2.0);
            case LAST -> x[x.length - 1];
        };
    }

    @Test
    void everyModeIsItsFormulaAndKnowsNothingOfPadding() {
        Seeds.repeat(20, random -> {
            List<Mode> modes = Arrays.stream(Mode.values())
                    .filter(_ -> random.nextBoolean())
                    .toList();
            List<Mode> some = modes.isEmpty() ? List.of(Mode.MAX) : modes;
            int batch = random.nextInt(1, 4);
            int longest = random.nextInt(1, 7);
            int[] lengths = random.ints(batch, 1, longest + 1).toArray();
            double[] numbers = Doubles.normal(random, batch * longest * WIDTH);
            Tensor hidden = Doubles.tensor(numbers, DType.F32, batch, longest, WIDTH);
            Tensor pooled = new Pooling(some).pool(hidden, Tensors.of(lengths, batch));
            double[][] rows = Doubles.rows(numbers, WIDTH);
            for (int b = 0; b < batch; b++) {
                double[] expected = naive(some, Arrays.copyOfRange(rows, b * longest, b * longest + lengths[b]));
                assertTensor(pooled.select(0, b)).isCloseTo(expected, 1e-5, 1e-5);
            }
        });
    }

    @Test
    void noModeIsRefused() {
        assertThatThrownBy(() -> new Pooling(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    /// Also where there is nothing to normalise.
    @Test
    void normalisedVectorsHaveLengthOne() {
        Seeds.repeat(
                1,
                _ -> assertTensor(
                                new Refinement.Normalise().apply(Tensors.of(new float[] {3, 4, 0, 0, -1e-3f, 0}, 3, 2)))
                        .isCloseTo(new double[] {0.6, 0.8, 0, 0, -1, 0}, 1e-6, 0));
    }
}
