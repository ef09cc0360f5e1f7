package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.KvCache.KeyValue;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.arch.RobertaSpec;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Gradients;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What only a prefix that no token has made can show; that one made of tokens is as good as they are is a law of
/// decoders ([DecoderLaws]).
@ExtendWith(StrictScopes.class)
class PrefixTest {
    private static final long LENGTH = 3;

    private static Prefix prefix(int layers, long heads, long headDim, RandomGenerator random) {
        List<KeyValue> all = new ArrayList<>();
        Shape shape = Shape.of(1, heads, LENGTH, headDim);
        for (int i = 0; i < layers; i++) {
            all.add(new KeyValue(Tensors.normal(shape, 0, 1, random), Tensors.normal(shape, 0, 1, random)));
        }
        return new Prefix(all);
    }

    /// Its gradient is that of central differences, in both forms.
    @Test
    void aPrefixLearns() {
        Seeds.repeat(2, random -> {
            var spec = new LlamaSpec(11, 16, 8, 2, 4, 2, 4, 10, 1e-5, 10_000, false);
            try (var model = DecoderLaws.random(spec, random)) {
                Prefix prefix = prefix(2, 2, 4, random);
                Tensor ids = DecoderLaws.ids(spec, random, 2, 5);
                Tensor targets = DecoderLaws.ids(spec, random, 2, 5);
                for (ComputeForm form : ComputeForm.values()) {
                    Pass pass = Pass.evaluation(Device.CPU).with(form);
                    for (Tensor learned : List.of(
                            prefix.layers().getFirst().keys(),
                            prefix.layers().getLast().values())) {
                        learned.requiresGrad(true);
                        loss(model, ids, targets, pass.with(prefix)).backward();
                        double[] gradient = Doubles.of(learned.grad().orElseThrow());
                        learned.clearGrad();
                        learned.requiresGrad(false);
                        double[] numeric = Gradients.numeric(
                                moved -> {
                                    try (var _ = Scope.open("moved");
                                            var _ = Grad.off()) {
                                        learned.copyInPlace(Doubles.tensor(
                                                moved,
                                                DType.F32,
                                                learned.shape().sizes()));
                                        return loss(model, ids, targets, pass.with(prefix))
                                                .toDouble();
                                    }
                                },
                                Doubles.of(learned),
                                1e-2);
                        assertThat(gradient).containsExactly(numeric, within(2e-2));
                        assertThat(DoubleStream.of(gradient)
                                        .map(Math::abs)
                                        .max()
                                        .orElseThrow())
                                .isGreaterThan(1e-3);
                    }
                }
            }
        });
    }

    private static Tensor loss(CausalLm model, Tensor ids, Tensor targets, Pass pass) {
        return Nn.crossEntropySum(model.forward(ids, pass), targets);
    }

    /// Encoders see it from every token; rows, padding and packed texts are as apart as without it.
    @Test
    void encodersReadBehindIt() {
        var sizes = new EncoderSizes(20, 18, 8, 2, 2, 10, Activation.GELU);
        List<ModelSpec> specs = List.of(
                new BertSpec(sizes, 2, 1e-12, new EncoderTask.MaskedLm(true)),
                new RobertaSpec(RobertaSpec.Family.ROBERTA, sizes, 1, 1e-5, 1, new EncoderTask.MaskedLm(true)));
        Seeds.repeat(2, random -> {
            for (ModelSpec spec : specs) {
                try (var model = EncoderLaws.random(spec, random);
                        var _ = Grad.off()) {
                    Prefix prefix = prefix(2, 2, 4, random);
                    for (ComputeForm form : ComputeForm.values()) {
                        encoder(model, Pass.evaluation(Device.CPU).with(form), prefix, random);
                    }
                    Tensor long16 = DecoderLaws.ids(spec, random, 1, 16);
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> model.hidden(
                                    Tokens.of(long16),
                                    Pass.evaluation(Device.CPU).with(prefix)))
                            .withMessageContaining("is given 19");
                }
            }
        });
    }

    private static void encoder(Encoder model, Pass plain, Prefix prefix, RandomGenerator random) {
        Pass pass = plain.with(prefix);
        Tensor ids = DecoderLaws.ids(model.spec(), random, 2, 9);
        Tensor first = ids.slice(0, 0, 1);
        Tensor alone = model.hidden(Tokens.of(first.slice(1, 0, 4)), pass);
        assertThat(Doubles.of(alone)).isNotEqualTo(Doubles.of(model.hidden(Tokens.of(first.slice(1, 0, 4)), plain)));
        Tensor padded = model.hidden(Tokens.of(ids), pass.with(new Layout.Padded(Tensors.of(new int[] {4, 9}, 2))));
        assertTensor(padded.slice(0, 0, 1).slice(1, 0, 4)).isCloseTo(alone, 2e-5, 2e-5);
        int[] positions = {0, 1, 2, 3, 0, 1, 2, 3, 4};
        int[] segments = {0, 0, 0, 0, 1, 1, 1, 1, 1};
        var layout = new Layout.Packed(Tensors.of(positions, 1, 9), Tensors.of(segments, 1, 9));
        Tensor packed = model.hidden(Tokens.of(first), pass.with(layout));
        assertTensor(packed.slice(1, 0, 4)).isCloseTo(alone, 2e-5, 2e-5);
        Tensor second = model.hidden(Tokens.of(first.slice(1, 4, 9)), pass);
        assertTensor(packed.slice(1, 4, 9)).isCloseTo(second, 2e-5, 2e-5);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Seeds.repeat(1, random -> {
            Prefix prefix = prefix(2, 2, 4, random);
            var spec = new LlamaSpec(11, 16, 8, 3, 4, 2, 4, 10, 1e-5, 10_000, false);
            try (var model = DecoderLaws.random(spec, random);
                    var cache = model.newCache(1, 8, DType.F32)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> cache.begin(prefix))
                        .withMessageContaining("2 layers cannot begin a cache of 3");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> Pass.cached(cache, Device.CPU).with(prefix))
                        .withMessageContaining("begins with the prefix");
            }
            Tensor short2 = Tensors.zeros(Shape.of(1, 2, 2, 4), DType.F32, Device.CPU);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Prefix(List.of(prefix.layers().getFirst(), new KeyValue(short2, short2))))
                    .withMessageContaining("as long as the first, 3");
            assertThatIllegalArgumentException().isThrownBy(() -> new Prefix(List.of()));
        });
    }
}
