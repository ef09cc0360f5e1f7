package dev.cortado.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.ComputeForm;
import dev.cortado.model.Encoder;
import dev.cortado.model.Layout;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.train.objective.MaskedObjective.Masked;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class MaskedObjectiveTest {
    private static final int MASK = 1;
    private static final int SEPARATOR = 0;
    private static final int VOCABULARY = 100;

    private static MaskedObjective objective(long seed) {
        return new MaskedObjective(MASK, Set.of(SEPARATOR), seed);
    }

    /// The batch as arrays.
    private static final class Flat {
        private final long[] inputs;
        private final long[] places;
        private final long[] targets;

        Flat(MaskedObjective objective, long[] ids, int length, int vocabSize) {
            Masked masked = objective.corrupt(Tensors.of(ids, ids.length / length, length), vocabSize);
            inputs = masked.inputs().toLongs();
            places = masked.places().toLongs();
            targets = masked.targets().toLongs();
        }
    }

    /// 15 % of each row, of which 80 % are masked, 10 % random and 10 % as they were; nothing else changes, and
    /// with the targets put back the text is there again.
    @Test
    void sharesAreThoseOfThePaper() {
        Seeds.repeat(3, random -> {
            int rows = 200;
            int length = 128;
            long[] ids = random.longs((long) rows * length, 2, VOCABULARY).toArray();
            var masked = new Flat(objective(random.nextLong()), ids, length, VOCABULARY);
            int count = masked.places.length;
            assertThat(count).isEqualTo(rows * 19); // of 128, 19.2
            assertThat(masked.places).isSorted().doesNotHaveDuplicates();
            for (int row = 0; row < rows; row++) {
                int begin = row * length;
                assertThat(Arrays.stream(masked.places).filter(p -> p >= begin && p < begin + length))
                        .hasSize(19);
            }
            double hidden = Arrays.stream(masked.places)
                    .filter(p -> masked.inputs[(int) p] == MASK)
                    .count();
            double same = Arrays.stream(masked.places)
                    .filter(p -> masked.inputs[(int) p] == ids[(int) p])
                    .count();
            assertThat(hidden / count).isCloseTo(0.8, within(0.03));
            assertThat(same / count).isCloseTo(0.1, within(0.03));
            long[] restored = masked.inputs.clone();
            IntStream.range(0, count).forEach(i -> restored[(int) masked.places[i]] = masked.targets[i]);
            assertThat(restored).isEqualTo(ids);
        });
    }

    @Test
    void specialsAreLeftAloneAndNeverShown() {
        Seeds.repeat(5, random -> {
            long[] ids = random.longs(400, 0, 5).map(id -> id == MASK ? 2 : id).toArray();
            var masked = new Flat(new MaskedObjective(MASK, Set.of(SEPARATOR, 7), random.nextLong()), ids, 20, 8);
            assertThat(masked.targets).doesNotContain(SEPARATOR);
            for (int i = 0; i < ids.length; i++) {
                if (masked.inputs[i] != ids[i]) {
                    assertThat(masked.inputs[i]).isNotIn((long) SEPARATOR, 7L);
                }
            }
        });
        Seeds.repeat(
                1,
                _ -> assertThatThrownBy(() -> new Flat(objective(1), new long[8], 4, VOCABULARY))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("nothing to mask"));
    }

    /// The same batch alike; with another seed, or with one other token in it, otherwise.
    @Test
    void whatIsMaskedFollowsFromSeedAndBatch() {
        Seeds.repeat(1, _ -> {
            long[] ids = IntStream.range(2, 98).asLongStream().toArray();
            long[] places = new Flat(objective(3), ids, 48, VOCABULARY).places;
            assertThat(new Flat(objective(3), ids, 48, VOCABULARY).places).isEqualTo(places);
            assertThat(new Flat(objective(4), ids, 48, VOCABULARY).places).isNotEqualTo(places);
            ids[95] = 50;
            assertThat(new Flat(objective(3), ids, 48, VOCABULARY).places).isNotEqualTo(places);
        });
    }

    /// The loss is the cross-entropy of the masked text's logits at the masked places.
    @Test
    void theLossIsThatOfTheMaskedPlaces() {
        Seeds.repeat(3, random -> {
            var sizes = new EncoderSizes(VOCABULARY, 16, 8, 2, 2, 12, Activation.GELU);
            var spec = new BertSpec(sizes, 2, 1e-12, new EncoderTask.MaskedLm(true));
            try (Encoder model = spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
                    var _ = Grad.off()) {
                long[] ids = random.longs(24, 2, VOCABULARY).toArray();
                Tensor text = Tensors.of(ids, 2, 12);
                Pass pass = Pass.evaluation(Device.CPU).with(ComputeForm.LIBRARY);
                Loss loss = objective(5).loss(model, new Batch(text, text, new Layout.Whole(0), 24), pass);
                var masked = new Flat(objective(5), ids, 12, VOCABULARY);
                Tensor hidden = model.hidden(Encoder.Tokens.of(Tensors.of(masked.inputs, 2, 12)), pass);
                Tensor logs = model.head().orElseThrow().apply(hidden).logSoftmax(-1);
                double expected = 0;
                for (int i = 0; i < masked.places.length; i++) {
                    long place = masked.places[i];
                    expected -= logs.select(0, place / 12)
                            .select(0, place % 12)
                            .select(0, masked.targets[i])
                            .toDouble();
                }
                assertThat(loss.targets()).isEqualTo(masked.places.length);
                assertThat(loss.sum().toDouble()).isCloseTo(expected, within(1e-4));
            }
        });
    }

    @Test
    void anEncoderWithoutAHeadForWordsIsRefused() {
        var sizes = new EncoderSizes(VOCABULARY, 16, 8, 1, 2, 12, Activation.GELU);
        Seeds.repeat(1, _ -> {
            try (Encoder model = new BertSpec(sizes, 2, 1e-12, new EncoderTask.Bare())
                    .build(Params.initialised(1, Device.CPU), Device.CPU)) {
                Tensor text = Tensors.of(new long[] {5, 6}, 1, 2);
                var batch = new Batch(text, text, new Layout.Whole(0), 2);
                assertThatThrownBy(() -> objective(1).loss(model, batch, Pass.evaluation(Device.CPU)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("BertModel has no head that guesses words");
            }
        });
    }
}
