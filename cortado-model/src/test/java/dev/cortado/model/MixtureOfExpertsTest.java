package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.arch.DecoderSizes;
import dev.cortado.model.arch.DenseLayers;
import dev.cortado.model.arch.Experts;
import dev.cortado.model.arch.MixtralSpec;
import dev.cortado.model.arch.OlmoeSpec;
import dev.cortado.model.arch.Qwen2MoeSpec;
import dev.cortado.model.arch.Qwen3MoeSpec;
import dev.cortado.model.arch.SlidingLayers;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.NaiveMoe;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Mixtral, OLMoE and the Qwens with experts.
@ExtendWith(StrictScopes.class)
class MixtureOfExpertsTest {
    private static DecoderSizes sizes(RandomGenerator random) {
        int kvHeads = random.nextInt(1, 3);
        int heads = kvHeads * random.nextInt(1, 3);
        return new DecoderSizes(
                random.nextInt(6, 30),
                32,
                random.nextInt(2, 9) * 2,
                random.nextInt(1, 4),
                heads,
                kvHeads,
                2 * random.nextInt(1, 4),
                1e-5,
                random.nextBoolean());
    }

    private static Experts experts(RandomGenerator random) {
        int count = random.nextInt(2, 7);
        return new Experts(count, random.nextInt(1, count + 1), random.nextInt(1, 12), random.nextBoolean(), 0.01);
    }

    private static DenseLayers dense(RandomGenerator random) {
        return new DenseLayers(7, random.nextInt(1, 3), random.nextBoolean() ? List.of() : List.of(0));
    }

    private static SlidingLayers sliding(RandomGenerator random, int layers) {
        int first = random.nextInt(0, 3);
        return random.nextBoolean()
                ? SlidingLayers.none(layers)
                : SlidingLayers.where(random.nextInt(2, 7), layers, layer -> layer >= first);
    }

    private static List<ModelSpec> specs(RandomGenerator random) {
        DecoderSizes sizes = sizes(random);
        Rotary rotary = Rotary.of(sizes.headDim(), 500);
        Experts experts = experts(random);
        Experts normalised =
                new Experts(experts.count(), experts.chosen(), experts.hiddenWidth(), true, experts.routerLoss());
        OptionalInt window = random.nextBoolean() ? OptionalInt.of(random.nextInt(1, 8)) : OptionalInt.empty();
        OptionalDouble clip = random.nextBoolean() ? OptionalDouble.of(0.7) : OptionalDouble.empty();
        return List.of(
                new MixtralSpec(sizes, rotary, window, normalised),
                new OlmoeSpec(sizes, rotary, clip, random.nextBoolean(), experts),
                new Qwen2MoeSpec(
                        sizes,
                        rotary,
                        sliding(random, sizes.layers()),
                        random.nextBoolean(),
                        experts,
                        5,
                        dense(random)),
                new Qwen3MoeSpec(
                        sizes, rotary, sliding(random, sizes.layers()), random.nextBoolean(), experts, dense(random)));
    }

    @Test
    void theLawsOfDecodersHold(@TempDir Path folder) {
        Seeds.repeat(3, random -> {
            for (ModelSpec spec : specs(random)) {
                try {
                    DecoderLaws.hold(spec, random, folder);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    @Test
    void logitsEqualTheNaiveOnes() {
        Seeds.repeat(8, random -> {
            for (ModelSpec spec : specs(random)) {
                NaiveMoe naive;
                try (var model = DecoderLaws.random(spec, random);
                        var _ = Grad.off()) {
                    naive = naive(model);
                    int[] ids = random.ints(9, 0, spec.vocabSize()).toArray();
                    Tensor logits = model.forward(Tensors.of(ids, 1, 9), Pass.evaluation(Device.CPU));
                    if (windowless(spec)) {
                        assertTensor(logits).isCloseTo(Doubles.flat(naive.logits(ids)), 1e-4, 1e-4);
                    }
                }
            }
        });
    }

    private static boolean windowless(ModelSpec spec) {
        return switch (spec) {
            case MixtralSpec mixtral -> mixtral.window().isEmpty();
            case Qwen2MoeSpec qwen -> qwen.sliding().window().isEmpty();
            case Qwen3MoeSpec qwen -> qwen.sliding().window().isEmpty();
            default -> true;
        };
    }

    private static NaiveMoe naive(CausalLm model) {
        return switch (model.spec()) {
            case MixtralSpec s -> naive(model, s.sizes(), s.experts(), Double.POSITIVE_INFINITY);
            case OlmoeSpec s -> naive(model, s.sizes(), s.experts(), s.clip().orElse(Double.POSITIVE_INFINITY));
            case Qwen2MoeSpec s -> naive(model, s.sizes(), s.experts(), Double.POSITIVE_INFINITY);
            case Qwen3MoeSpec s -> naive(model, s.sizes(), s.experts(), Double.POSITIVE_INFINITY);
            default -> throw new IllegalStateException();
        };
    }

    private static NaiveMoe naive(CausalLm model, DecoderSizes sizes, Experts experts, double clip) {
        return new NaiveMoe(
                sizes.layers(),
                sizes.heads(),
                sizes.kvHeads(),
                sizes.normEpsilon(),
                500,
                experts.chosen(),
                experts.normalised(),
                clip,
                DecoderLaws.weights(model));
    }

    /// With all experts chosen alike the loss is k; with one always first it is more.
    @Test
    void theRouterLossIsLeastForEvenLoads() {
        var even = new RouterLoad();
        even.add(Tensors.of(new float[] {.5f, .5f, .5f, .5f}, 2, 2), new long[] {1, 1});
        assertThat(even.loss().toDouble()).isCloseTo(1, within(1e-6));
        var uneven = new RouterLoad();
        uneven.add(Tensors.of(new float[] {.9f, .1f, .8f, .2f}, 2, 2), new long[] {2, 0});
        uneven.add(Tensors.of(new float[] {.3f, .7f, .6f, .4f}, 2, 2), new long[] {1, 1});
        // Shares 3/4 and 1/4, mean probabilities 0.65 and 0.35: 2·(0.75·0.65 + 0.25·0.35).
        assertThat(uneven.loss().toDouble()).isCloseTo(1.15, within(1e-6));
        assertThat(uneven.shares()).containsExactly(0.75, 0.25);
    }
}
