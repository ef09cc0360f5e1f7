package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.DecoderSizes;
import dev.cortado.model.arch.EfficientTransformerSpec;
import dev.cortado.model.arch.EfficientTransformerSpec.Use;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.mixing.Mixing;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Llama with other ways of mixing tokens: the laws of decoders and encoders, and a Llama again where they are
/// exact.
@ExtendWith(StrictScopes.class)
class EfficientTransformerTest {
    private static final Pass EVALUATION = Pass.evaluation(Device.CPU);

    @TempDir
    private Path folder;

    /// Reformers here have room for a whole text in a chunk, so that nothing depends on how it is cut.
    static List<Mixing> causal() {
        return List.of(
                new Mixing.Softmax(),
                new Mixing.Tiled(3),
                new Mixing.Longformer(4, 0),
                new Mixing.Longformer(3, 2),
                new Mixing.Performer(24, 5),
                new Mixing.Reformer(16, 2, 5));
    }

    static List<Mixing> bidirectional() {
        return List.of(
                new Mixing.Softmax(),
                new Mixing.Tiled(3),
                new Mixing.Longformer(4, 1),
                new Mixing.Linformer(40, 7),
                new Mixing.Performer(24, 5),
                new Mixing.Reformer(16, 2, 5));
    }

    private static EfficientTransformerSpec spec(Mixing mixing, Use use, RandomGenerator random) {
        int kvHeads = random.nextInt(1, 3);
        int headDim = 2 * random.nextInt(2, 5);
        var sizes = new DecoderSizes(
                random.nextInt(15, 30),
                random.nextInt(20, 40),
                4 * random.nextInt(2, 6),
                random.nextInt(2, 4),
                kvHeads * random.nextInt(1, 3),
                kvHeads,
                headDim,
                1e-5,
                random.nextBoolean());
        return new EfficientTransformerSpec(
                sizes, random.nextInt(5, 20), Rotary.of(headDim, random.nextBoolean() ? 10_000 : 500), mixing, use);
    }

    @ParameterizedTest
    @MethodSource("causal")
    void theLawsOfDecodersHold(Mixing mixing) {
        Seeds.repeat(2, random -> DecoderLaws.hold(spec(mixing, Use.CAUSAL, random), random, folder));
    }

    /// Of all but the Reformer, whose queries are its keys.
    @ParameterizedTest
    @MethodSource("causal")
    void aPrefixIsPast(Mixing mixing) {
        Seeds.repeat(2, random -> {
            EfficientTransformerSpec spec = spec(mixing, Use.CAUSAL, random);
            try (var model = DecoderLaws.random(spec, random);
                    var _ = Grad.off()) {
                if (mixing instanceof Mixing.Reformer) {
                    Tensor one = Tensors.ones(Shape.of(1, 1, 1, spec.sizes().headDim()), DType.F32, Device.CPU);
                    var prefix = new Prefix(Collections.nCopies(spec.layers(), new KvCache.KeyValue(one, one)));
                    assertThatIllegalArgumentException()
                            .isThrownBy(
                                    () -> model.forward(DecoderLaws.ids(spec, random, 1, 4), EVALUATION.with(prefix)))
                            .withMessageContaining("none in a Reformer");
                } else {
                    DecoderLaws.prefixIsPast(model, random);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("bidirectional")
    void theLawsOfEncodersHold(Mixing mixing) {
        Seeds.repeat(2, random -> EncoderLaws.hold(spec(mixing, Use.MASKED, random), 1, random, folder));
    }

    /// With the weights of a Llama, its values: by softmax and by tiles, a window that is wider than the text,
    /// and the limit of many random features.
    @Test
    void whatIsExactIsALlama() {
        Seeds.repeat(4, random -> {
            for (Mixing mixing : List.of(new Mixing.Softmax(), new Mixing.Tiled(4), new Mixing.Longformer(20, 0))) {
                EfficientTransformerSpec spec = spec(mixing, Use.CAUSAL, random);
                DecoderSizes s = spec.sizes();
                var llamaSpec = new LlamaSpec(
                        s.vocabSize(),
                        s.contextLength(),
                        s.width(),
                        s.layers(),
                        s.heads(),
                        s.kvHeads(),
                        s.headDim(),
                        spec.hiddenWidth(),
                        s.normEpsilon(),
                        spec.rotary().theta(),
                        s.tiedHead());
                try (var model = DecoderLaws.random(spec, random);
                        var llama = DecoderLaws.random(llamaSpec, random);
                        var _ = Grad.off()) {
                    List<Parameter> theirs = llama.parameters().list();
                    for (int i = 0; i < theirs.size(); i++) {
                        Parameter mine = model.parameters().list().get(i);
                        assertThat(mine.name()).isEqualTo(theirs.get(i).name());
                        mine.tensor().copyInPlace(theirs.get(i).tensor());
                    }
                    assertThat(model.parameters().list()).hasSameSizeAs(theirs);
                    Tensor ids = DecoderLaws.ids(spec, random, 2, 13);
                    for (ComputeForm form : ComputeForm.values()) {
                        assertTensor(model.forward(ids, EVALUATION.with(form)))
                                .isCloseTo(Doubles.of(llama.forward(ids, EVALUATION.with(form))), 2e-5, 2e-5);
                    }
                }
            }
        });
    }

    /// A Reformer of small chunks: which earlier tokens are found depends on later ones, so the law is that no
    /// later token flows into a result, and that what a cache gives is what the whole text so far gives.
    @Test
    void nothingFlowsBackInAReformerOfSmallChunks() {
        Seeds.repeat(6, random -> {
            EfficientTransformerSpec spec = spec(new Mixing.Reformer(4, 2, 5), Use.CAUSAL, random);
            try (var model = DecoderLaws.random(spec, random);
                    var _ = Scope.open("flow")) {
                // Ids that stand nowhere else, after position 8.
                Tensor ids = Tensors.of(new int[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 10, 11, 12, 13, 14}, 1, 14);
                Tensor hidden = model.hidden(ids, EVALUATION);
                hidden.slice(1, 0, 9).square().sum().backward();
                Tensor gradient =
                        model.parameters().list().getFirst().tensor().grad().orElseThrow();
                assertThat(gradient.slice(0, 0, 3).norm().toDouble()).isPositive();
                assertThat(gradient.slice(0, 10, 15).norm().toDouble()).isZero();
                model.parameters().forEach(p -> p.tensor().clearGrad());
            }
            try (var model = DecoderLaws.random(spec, random);
                    var _ = Grad.off();
                    var cache = model.newCache(2, 14, DType.F32)) {
                Tensor ids = DecoderLaws.ids(spec, random, 2, 14);
                for (int[] piece : new int[][] {{0, 5}, {5, 6}, {6, 14}}) {
                    Tensor some = model.forward(ids.slice(1, piece[0], piece[1]), Pass.cached(cache, Device.CPU));
                    Tensor soFar = model.forward(ids.slice(1, 0, piece[1]), EVALUATION);
                    assertTensor(some).isSameAs(soFar.slice(1, piece[0], piece[1]));
                }
                cache.truncate(6);
                Tensor again = model.forward(ids.slice(1, 6, 9), Pass.cached(cache, Device.CPU));
                assertTensor(again)
                        .isSameAs(model.forward(ids.slice(1, 0, 9), EVALUATION).slice(1, 6, 9));
            }
        });
    }

    /// Each way of mixing learns: the loss of one text falls.
    @ParameterizedTest
    @MethodSource("causal")
    void theLossFalls(Mixing mixing) {
        Seeds.repeat(1, random -> {
            EfficientTransformerSpec spec = spec(mixing, Use.CAUSAL, random);
            try (var model = (CausalLm) spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
                    var _ = Scope.open("learn")) {
                Tensor text = DecoderLaws.ids(spec, random, 1, 16);
                double first = 0;
                double last = 0;
                for (int step = 0; step < 10; step++) {
                    Tensor loss =
                            Nn.crossEntropy(model.forward(text.slice(1, 0, 15), EVALUATION), text.slice(1, 1, 16));
                    loss.backward();
                    last = loss.toDouble();
                    first = step == 0 ? last : first;
                    try (var _ = Grad.off()) {
                        for (Parameter p : model.parameters()) {
                            p.tensor().grad().ifPresent(g -> p.tensor().addInPlace(g, -0.3));
                            p.tensor().clearGrad();
                        }
                    }
                }
                assertThat(last).as("from %s", first).isLessThan(first - 0.1);
            }
        });
    }

    @Test
    void whatCannotBeIsRefused() {
        Seeds.repeat(1, random -> {
            EfficientTransformerSpec good = spec(new Mixing.Performer(8, 1L << 40), Use.CAUSAL, random);
            assertThat(Checkpoints.spec(folder, good.config().toString())).isEqualTo(good);
            Checkpoints.refused(good, folder, c -> c.remove("mixing"), "lacks 'mixing'");
            Checkpoints.refused(good, folder, c -> c.putObject("mixing").put("kind", "magic"), "magic", "performer");
            Checkpoints.refused(good, folder, c -> c.putObject("mixing").put("kind", "performer"), "'features'");
            Checkpoints.refused(
                    good,
                    folder,
                    c -> c.putObject("mixing").put("kind", "tiled").put("tile", 0),
                    "tile is 0");
            Checkpoints.refused(
                    good,
                    folder,
                    c -> c.putObject("mixing")
                            .put("kind", "linformer")
                            .put("length", 99)
                            .put("rank", 2),
                    "Linformer cannot be causal");
            assertThatThrownBy(() -> spec(new Mixing.Linformer(3, 2), Use.MASKED, random))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("length 3 is below");
        });
    }
}
