package dev.cortado.model.mixing;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.NaiveMixing;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class LongformerAttentionTest {
    @Test
    void equalsItsFormulaAndCentralDifferences() {
        Seeds.repeat(40, random -> {
            int window = random.nextInt(1, 6);
            int globals = random.nextInt(0, 4);
            boolean causal = random.nextBoolean();
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 9));
            texts.check(
                    new LongformerAttention(window, globals, causal),
                    (_, q, k, v) -> NaiveMixing.attention(q, k, v, NaiveMixing.longformer(window, globals, causal)),
                    random);
        });
    }

    @Test
    void aWindowOverAllIsFullAttention() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 50));
            int window = texts.sizes().tokens() + random.nextInt(5);
            for (boolean causal : new boolean[] {false, true}) {
                Tensor full = texts.mixed(new SoftmaxAttention(causal), DType.F32);
                Mixer longformer = new LongformerAttention(window, random.nextInt(3), causal);
                assertTensor(texts.mixed(longformer, DType.F32)).isCloseTo(full, 1e-5, 1e-5);
            }
        });
    }

    @Test
    void causallyItIsAWindowOfTiledAttention() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 90));
            int window = random.nextInt(1, 20);
            Tensor tiled = texts.mixed(new TiledAttention(new Visibility.Window(window + 1), 32), DType.F32);
            Tensor longformer = texts.mixed(new LongformerAttention(window, 0, true), DType.F32);
            assertTensor(longformer).isCloseTo(tiled, 1e-5, 1e-5);
        });
    }

    @Test
    void globalTokensMayLookByProjectionsOfTheirOwn() {
        Seeds.repeat(10, random -> {
            Texts.Sizes sizes = Texts.Sizes.of(2, 4, 2, 11, 2);
            Texts texts = Texts.random(random, sizes);
            Texts own = Texts.random(random, sizes);
            var mixer = new LongformerAttention(2, 3, false);
            var global =
                    new LongformerAttention.Global(own.queries(DType.F32), own.keys(DType.F32), own.values(DType.F32));
            Tensor mixed = mixer.mix(texts.queries(DType.F32), texts.keys(DType.F32), texts.values(DType.F32), global);
            Tensor theirs = own.mixed(new SoftmaxAttention(false), DType.F32).slice(2, 0, 3);
            Tensor others = texts.mixed(mixer, DType.F32).slice(2, 3);
            assertTensor(mixed).isCloseTo(Tensors.cat(List.of(theirs, others), 2), 1e-6, 1e-6);
        });
    }

    @Test
    void narrowIsNearlyWide() {
        Seeds.repeat(5, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 60));
            texts.checkNarrow(new LongformerAttention(7, 2, random.nextBoolean()), 0.06);
        });
    }

    @Test
    void thePastDoesNotSeeTheFuture() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 40));
            texts.checkBlind(new LongformerAttention(4, 3, true), random, 1e-6);
        });
    }

    @Test
    void refusesNumbersThatMeanNothing() {
        assertThatThrownBy(() -> new LongformerAttention(0, 1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("window is 0");
    }
}
