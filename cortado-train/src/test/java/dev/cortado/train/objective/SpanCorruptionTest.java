package dev.cortado.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Layout;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.StackSizes;
import dev.cortado.model.arch.VaswaniSpec;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.train.objective.SpanCorruption.Corrupted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class SpanCorruptionTest {
    private static final int VOCABULARY = 200;

    private static SpanCorruption objective(long seed) {
        return new SpanCorruption(CausalObjective.Head.CHUNKED, seed);
    }

    private static Corrupted corrupt(long seed, long[] ids, int length) {
        return objective(seed).corrupt(Tensors.of(ids, ids.length / length, length), VOCABULARY);
    }

    private static long[] row(Tensor all, int row) {
        return all.select(0, row).toLongs();
    }

    /// The text again: each sentinel that was read is replaced by what was written behind it.
    private static long[] restored(long[] read, long[] written) {
        Map<Long, List<Long>> spans = new HashMap<>();
        long sentinel = written[0];
        for (long id : written) {
            if (id >= VOCABULARY - 50) {
                sentinel = id;
                spans.put(sentinel, new ArrayList<>());
            } else {
                spans.get(sentinel).add(id);
            }
        }
        return Arrays.stream(read)
                .flatMap(id -> id >= VOCABULARY - 50
                        ? spans.get(id).stream().mapToLong(i -> i)
                        : Arrays.stream(new long[] {id}))
                .toArray();
    }

    @Test
    void whatIsReadAndWrittenIsTheText() {
        Seeds.repeat(30, random -> {
            int length = random.nextInt(2, 150);
            int rows = random.nextInt(1, 4);
            long[] ids = random.longs((long) rows * length, 0, VOCABULARY - 50).toArray();
            Corrupted corrupted = corrupt(random.nextLong(), ids, length);
            for (int row = 0; row < rows; row++) {
                assertThat(restored(row(corrupted.inputs(), row), row(corrupted.targets(), row)))
                        .isEqualTo(Arrays.copyOfRange(ids, row * length, (row + 1) * length));
            }
        });
    }

    /// Of 128 tokens 19 in 6 spans, marked from the end of the vocabulary in order; one more closes the target.
    @Test
    void sharesAreThoseOfThePaper() {
        Seeds.repeat(3, random -> {
            long[] ids = random.longs(128 * 50, 0, VOCABULARY - 50).toArray();
            Corrupted corrupted = corrupt(random.nextLong(), ids, 128);
            for (int row = 0; row < 50; row++) {
                assertThat(row(corrupted.inputs(), row)).hasSize(128 - 19 + 6);
                assertThat(row(corrupted.targets(), row)).hasSize(19 + 6 + 1);
                assertThat(Arrays.stream(row(corrupted.inputs(), row)).filter(id -> id >= VOCABULARY - 50))
                        .containsExactly(199L, 198L, 197L, 196L, 195L, 194L);
                assertThat(Arrays.stream(row(corrupted.targets(), row)).filter(id -> id >= VOCABULARY - 50))
                        .containsExactly(199L, 198L, 197L, 196L, 195L, 194L, 193L);
                assertThat(row(corrupted.targets(), row)).startsWith(199).endsWith(193);
            }
            assertThat(row(corrupted.inputs(), 0)).isNotEqualTo(row(corrupted.inputs(), 1));
        });
    }

    @Test
    void spansFollowFromSeedAndBatch() {
        Seeds.repeat(1, _ -> {
            long[] ids = new long[64];
            long[] first = corrupt(3, ids, 64).inputs().toLongs();
            assertThat(corrupt(3, ids, 64).inputs().toLongs()).isEqualTo(first);
            assertThat(corrupt(4, ids, 64).inputs().toLongs()).isNotEqualTo(first);
        });
    }

    @Test
    void sentinelsInTheTextAndTextsOfOneTokenAreRefused() {
        Seeds.repeat(1, _ -> {
            assertThatThrownBy(() -> corrupt(1, new long[] {0, 198}, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("holds the id 198, one of the last 2 of a vocabulary of 200");
            assertThatThrownBy(() -> corrupt(1, new long[] {0}, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("too short");
        });
    }

    /// The cross-entropy of what is to be written, after what was read and written before; both heads agree.
    @Test
    void theLossIsThatOfTheWrittenText() {
        Seeds.repeat(3, random -> {
            var stack = new StackSizes(1, 2, 16);
            VaswaniSpec spec = VaswaniSpec.of(VOCABULARY, 64, 8, stack, stack, 3);
            try (EncoderDecoder model = spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
                    var _ = Grad.off()) {
                long[] ids = random.longs(40, 0, VOCABULARY - 50).toArray();
                Tensor text = Tensors.of(ids, 2, 20);
                var batch = new Batch(text, text, new Layout.Whole(0), 40);
                Pass pass = Pass.evaluation(Device.CPU);
                Corrupted corrupted = corrupt(5, ids, 20);
                double expected = 0;
                for (int row = 0; row < 2; row++) {
                    long[] target = row(corrupted.targets(), row);
                    long[] begun = new long[target.length];
                    System.arraycopy(target, 0, begun, 1, target.length - 1);
                    begun[0] = 3;
                    Tensor read = Tensors.of(
                            row(corrupted.inputs(), row), 1, corrupted.inputs().size(1));
                    Tensor logits = model.forward(Tensors.of(begun, 1, begun.length), model.encode(read, pass), pass);
                    expected += Nn.crossEntropySum(logits, Tensors.of(target, 1, target.length))
                            .toDouble();
                }
                for (CausalObjective.Head head : CausalObjective.Head.values()) {
                    Loss loss = new SpanCorruption(head, 5).loss(model, batch, pass);
                    assertThat(loss.targets())
                            .isEqualTo(2L * corrupted.targets().size(1));
                    assertThat(loss.sum().toDouble()).isCloseTo(expected, within(1e-3));
                }
            }
        });
    }
}
