package dev.cortado.model.mixing;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.Params;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.testkit.NaiveMixing;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StrictScopes.class)
class MixerTest {
    private static final List<Mixing> ALL = List.of(
            new Mixing.Softmax(),
            new Mixing.Tiled(16),
            new Mixing.Longformer(4, 2),
            new Mixing.Linformer(64, 8),
            new Mixing.Performer(16, 1),
            new Mixing.Reformer(8, 2, 1));

    @Test
    void softmaxEqualsItsFormulaAndCentralDifferences() {
        Seeds.repeat(20, random -> {
            boolean causal = random.nextBoolean();
            Texts.random(random, Texts.Sizes.random(random, 9))
                    .check(
                            new SoftmaxAttention(causal),
                            (_, q, k, v) -> NaiveMixing.attention(q, k, v, (t, s) -> !causal || s <= t),
                            random);
        });
    }

    @Test
    void everyMixingIsBuiltAndTrains() {
        Texts texts = Texts.random(new SplittableRandom(1), Texts.Sizes.of(2, 4, 2, 50, 8));
        for (Mixing mixing : ALL) {
            for (boolean causal : new boolean[] {false, true}) {
                if (!(causal && mixing instanceof Mixing.Linformer)) {
                    Params params = Params.initialised(1, Device.CPU);
                    Mixer mixer = Mixer.of(mixing, params, 8, causal);
                    try (var set = params.finish()) {
                        assertThat(set.list()).hasSize(mixing instanceof Mixing.Linformer ? 2 : 0);
                        Tensor q = texts.queries(DType.F32);
                        Tensor k = mixing.sharesQueriesAsKeys() ? q : texts.keys(DType.F32);
                        Tensor v = texts.values(DType.F32);
                        Tensor y = mixer.mix(q, k, v);
                        assertTensor(y).hasShape(2, 4, 50, 8).hasDtype(DType.F32);
                        y.square().sum().backward();
                        for (Tensor each : List.of(q, k, v)) {
                            assertThat(each.grad().orElseThrow().norm().toDouble())
                                    .as("%s, causal %s", mixing, causal)
                                    .isPositive();
                        }
                    }
                }
            }
        }
    }

    /// Many steps leave as many tensors alive as one, also when nothing is recorded.
    @Test
    void stepsLeaveNothingBehind() {
        Texts texts = Texts.random(new SplittableRandom(1), Texts.Sizes.of(1, 2, 1, 30, 4));
        for (Mixing mixing : ALL) {
            Params params = Params.initialised(1, Device.CPU);
            Mixer mixer = Mixer.of(mixing, params, 4, false);
            try (var _ = params.finish()) {
                long before = Scope.liveTensors();
                for (int step = 0; step < 3; step++) {
                    try (var _ = Scope.open("step")) {
                        texts.mixed(mixer, DType.F32).sum().backward();
                        texts.mixed(mixer, DType.F32); // its backward pass never comes
                    }
                    assertThat(Scope.liveTensors()).as("%s", mixing).isEqualTo(before);
                }
            }
        }
    }

    @Test
    void causalLinformerIsRefused() {
        Params params = Params.initialised(1, Device.CPU);
        assertThatThrownBy(() -> Mixer.of(new Mixing.Linformer(64, 8), params, 8, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Linformer")
                .hasMessageContaining("cannot be causal");
        params.finish().close();
    }

    @Test
    void numbersThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> new Mixing.Tiled(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tile is 0; give a number from 1 on");
        assertThatThrownBy(() -> new Mixing.Longformer(4, -1)).hasMessageContaining("globals is -1");
        assertThatThrownBy(() -> new Mixing.Linformer(64, 0)).hasMessageContaining("rank is 0");
        assertThatThrownBy(() -> new Mixing.Performer(0, 1)).hasMessageContaining("features is 0");
        assertThatThrownBy(() -> new Mixing.Reformer(0, 1, 1)).hasMessageContaining("chunk is 0");
    }
}
