package dev.cortado.model.mixing;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.NaiveMixing;
import dev.cortado.testkit.NaiveMixing.Sight;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class TiledAttentionTest {
    private static Visibility anyVisibility(RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Visibility.Everything();
            case 1 -> new Visibility.Past();
            default -> new Visibility.Window(random.nextInt(1, 8));
        };
    }

    /// @param later how many keys stand before the first query's
    private static Sight sight(Visibility visibility, int later) {
        return switch (visibility) {
            case Visibility.Everything _ -> (_, _) -> true;
            case Visibility.Past _ -> (t, s) -> s <= t + later;
            case Visibility.Window(int width) -> (t, s) -> s <= t + later && s > t + later - width;
        };
    }

    @Test
    void equalsItsFormulaAndCentralDifferences() {
        Seeds.repeat(30, random -> {
            Visibility visibility = anyVisibility(random);
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 9));
            var mixer = new TiledAttention(visibility, random.nextInt(1, 12));
            texts.check(mixer, (_, q, k, v) -> NaiveMixing.attention(q, k, v, sight(visibility, 0)), random);
        });
    }

    @Test
    void keysMayBeMoreThanQueries() {
        Seeds.repeat(10, random -> {
            Visibility visibility = anyVisibility(random);
            Texts texts = Texts.random(random, new Texts.Sizes(1, 2, 1, 3, 8, 2));
            var mixer = new TiledAttention(visibility, random.nextInt(1, 10));
            texts.check(mixer, (_, q, k, v) -> NaiveMixing.attention(q, k, v, sight(visibility, 5)), random);
        });
    }

    @Test
    void paddingIsNotSeen() {
        Seeds.repeat(30, random -> {
            Visibility visibility = anyVisibility(random);
            Texts.Sizes sizes = Texts.Sizes.random(random, 9);
            Texts texts = Texts.random(random, sizes);
            int[] lengths = random.ints(sizes.batch(), 0, sizes.tokens() + 1).toArray();
            var mixer = new TiledAttention(visibility, random.nextInt(1, 12));
            Tensor each = Tensors.of(lengths, sizes.batch());
            texts.check(
                    (q, k, v) -> mixer.mix(q, k, v, each),
                    (row, q, k, v) -> NaiveMixing.attention(
                            q,
                            k,
                            v,
                            (t, s) -> s < lengths[row] && sight(visibility, 0).sees(t, s)),
                    random);
        });
    }

    /// The tensor form of the formula, whose gradients are the library's.
    @Test
    void equalsTheLibraryOnLongerTexts() {
        Seeds.repeat(6, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.of(2, 4, 2, 70 + random.nextInt(70), 8));
            Visibility visibility = anyVisibility(random);
            int tokens = texts.sizes().tokens();
            Tensor own = Tensors.range(0, tokens, Device.CPU).unsqueeze(1);
            Tensor hidden = visibility.hidden(own, own.squeeze(1));
            Mixer library = (q, k, v) -> {
                Tensor grouped = Heads.grouped(q, k.size(1));
                Tensor weights = grouped.matmul(k.unsqueeze(2).transpose(3, 4))
                        .mul(1 / Math.sqrt(8))
                        .maskedFill(hidden, Double.NEGATIVE_INFINITY)
                        .softmax(-1);
                return Heads.merged(weights.matmul(v.unsqueeze(2)));
            };
            Mixer tiled = new TiledAttention(visibility, 16 + random.nextInt(64));
            Tensor[] mine = texts.valueAndGradients(tiled, DType.F32);
            Tensor[] theirs = texts.valueAndGradients(library, DType.F32);
            for (int i = 0; i < mine.length; i++) {
                assertTensor(mine[i]).isCloseTo(theirs[i], 2e-5, 1e-4);
            }
        });
    }

    @Test
    void isSoftmaxAttention() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 100));
            int tile = random.nextInt(1, 40);
            for (boolean causal : new boolean[] {false, true}) {
                Mixer tiled = new TiledAttention(causal ? new Visibility.Past() : new Visibility.Everything(), tile);
                Tensor full = texts.mixed(new SoftmaxAttention(causal), DType.F32);
                assertTensor(texts.mixed(tiled, DType.F32)).isCloseTo(full, 1e-5, 1e-5);
            }
        });
    }

    @Test
    void largeScoresOverflowNothing() {
        Tensor q = Tensors.of(new float[] {300, 0, 0, -300}, 1, 1, 2, 2).requiresGrad(true);
        Tensor v = Tensors.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
        Tensor y = new TiledAttention(new Visibility.Everything(), 1).mix(q, q, v);
        assertTensor(y).isCloseTo(new double[] {1, 2, 3, 4}, 1e-6, 0);
        y.sum().backward();
        assertTensor(q.grad().orElseThrow()).isCloseTo(new double[4], 1e-6, 0);
    }

    @Test
    void narrowIsNearlyWide() {
        Seeds.repeat(5, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 60));
            texts.checkNarrow(new TiledAttention(new Visibility.Past(), 16), 0.06);
        });
    }

    @Test
    void thePastDoesNotSeeTheFuture() {
        Seeds.repeat(10, random -> {
            Texts texts = Texts.random(random, Texts.Sizes.random(random, 40));
            texts.checkBlind(new TiledAttention(new Visibility.Past(), 8), random, 1e-6);
            texts.checkBlind(new TiledAttention(new Visibility.Window(5), 8), random, 1e-6);
        });
    }

    @Test
    void refusesWhatDoesNotFit() {
        Tensor q = Tensors.of(new float[12], 1, 3, 2, 2);
        Tensor k = Tensors.of(new float[8], 1, 2, 2, 2);
        var mixer = new TiledAttention(new Visibility.Past(), 4);
        assertThatThrownBy(() -> mixer.mix(q, k, k))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1, 3, 2, 2]")
                .hasMessageContaining("K dividing H");
        assertThatThrownBy(() -> mixer.mix(k, k, k, Tensors.of(new int[] {1, 2}, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one for each row");
        assertThatThrownBy(() -> new TiledAttention(new Visibility.Past(), 0)).hasMessageContaining("tile is 0");
        assertThatThrownBy(() -> new Visibility.Window(0)).hasMessageContaining("width is 0");
    }
}
