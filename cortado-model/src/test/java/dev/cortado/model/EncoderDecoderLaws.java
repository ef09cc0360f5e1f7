package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.EncoderDecoder.Memory;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/// What holds for every model that reads one text and writes another, whatever its architecture.
public final class EncoderDecoderLaws {
    private static final Pass EVALUATION = Pass.evaluation(Device.CPU);

    private EncoderDecoderLaws() {}

    /// All of them, for a model of these numbers with random parameters; `folder` is an empty one.
    public static void hold(ModelSpec spec, RandomGenerator random, Path folder) throws IOException {
        try (var model = random(spec, random)) {
            cachedIsFull(model, random);
            formsAgree(model, random);
            paddedIsAlone(model, random);
            prefixIsPast(model, random);
            nobodyLooksAhead(model, random);
            allThatIsReadIsSeen(model, random);
            writtenIsRead(model, random, folder);
        }
    }

    /// A model whose every parameter is random and matters; a new one starts with zeros in its branches.
    public static EncoderDecoder random(ModelSpec spec, RandomGenerator random) {
        var model = (EncoderDecoder) spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        DecoderLaws.randomise(model, random);
        return model;
    }

    /// Random ids of texts to read.
    public static Tensor source(ModelSpec spec, RandomGenerator random, int batch, int length) {
        int[] ids =
                random.ints((long) batch * length, 0, spec.sourceVocabSize()).toArray();
        return Tensors.of(ids, batch, length);
    }

    /// Written in pieces through a cache, or all at once.
    public static void cachedIsFull(EncoderDecoder model, RandomGenerator random) {
        int length = Math.min(12, model.spec().contextLength());
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = EVALUATION.with(form);
                Memory memory = model.encode(source(model.spec(), random, 2, random.nextInt(1, 9)), pass);
                Tensor ids = DecoderLaws.ids(model.spec(), random, 2, length);
                Tensor full = model.forward(ids, memory, pass);
                try (var cache = model.newCache(2, length, DType.F32)) {
                    int from = 0;
                    while (from < length) {
                        int to = random.nextInt(from, length) + 1;
                        Pass next = Pass.cached(cache, Device.CPU).with(form);
                        Tensor piece = model.forward(ids.slice(1, from, to), memory, next);
                        assertTensor(piece).isCloseTo(Doubles.of(full.slice(1, from, to)), 2e-5, 2e-5);
                        from = to;
                    }
                }
            }
        }
    }

    /// A prefix made of the keys and values of written tokens is as good as the tokens.
    public static void prefixIsPast(EncoderDecoder model, RandomGenerator random) {
        int length = Math.min(9, model.spec().contextLength());
        try (var _ = Scope.open("law");
                var _ = Grad.off();
                var cache = model.newCache(2, 3, DType.F32)) {
            Memory memory = model.encode(source(model.spec(), random, 2, 5), EVALUATION);
            Tensor ids = DecoderLaws.ids(model.spec(), random, 2, length);
            model.forward(ids.slice(1, 0, 3), memory, Pass.cached(cache, Device.CPU));
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = EVALUATION.with(form);
                Tensor expected = model.forward(ids, memory, pass).slice(1, 3, length);
                Tensor behind = model.forward(ids.slice(1, 3, length), memory, pass.with(cache.prefix()));
                assertTensor(behind).isCloseTo(expected, 2e-5, 2e-5);
            }
        }
    }

    /// Our kernels or the library: the same values and the same gradients.
    public static void formsAgree(EncoderDecoder model, RandomGenerator random) {
        try (var _ = Scope.open("law")) {
            Tensor source = source(model.spec(), random, 2, 7);
            Tensor ids = DecoderLaws.ids(model.spec(), random, 2, 9);
            Tensor targets = DecoderLaws.ids(model.spec(), random, 2, 9);
            Map<String, double[]> first = gradients(model, source, ids, targets, ComputeForm.FUSED);
            Map<String, double[]> second = gradients(model, source, ids, targets, ComputeForm.LIBRARY);
            assertThat(second.keySet()).isEqualTo(first.keySet());
            // The gradient of a key's bias is nothing but rounding, for it shifts all scores of a query
            // alike.
            double largest = first.values().stream()
                    .mapToDouble(EncoderDecoderLaws::largest)
                    .max()
                    .orElseThrow();
            first.forEach((name, gradient) -> {
                double size = Math.max(largest / 20, largest(gradient));
                assertThat(second.get(name)).as(name).containsExactly(gradient, within(2e-4 * size));
            });
            for (Parameter p : model.parameters()) {
                assertThat(first).as("every parameter learns").containsKey(p.name());
            }
        }
    }

    private static double largest(double[] numbers) {
        return Arrays.stream(numbers).map(Math::abs).max().orElseThrow();
    }

    private static Map<String, double[]> gradients(
            EncoderDecoder model, Tensor source, Tensor ids, Tensor targets, ComputeForm form) {
        Map<String, double[]> all = new HashMap<>();
        try (var _ = Scope.open("gradients")) {
            Pass pass = EVALUATION.with(form);
            Tensor logits = model.forward(ids, model.encode(source, pass), pass);
            Nn.crossEntropySum(logits, targets).backward();
            all.put("logits", Doubles.of(logits));
            for (Parameter p : model.parameters()) {
                p.tensor().grad().ifPresent(g -> all.put(p.name(), Doubles.of(g)));
                p.tensor().clearGrad();
            }
        }
        return all;
    }

    /// A row does not know of the others, nor of the padding behind what was read.
    public static void paddedIsAlone(EncoderDecoder model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            int[] lengths = {random.nextInt(1, 8), 8, random.nextInt(1, 8)};
            Tensor source = source(model.spec(), random, 3, 8);
            Tensor ids = DecoderLaws.ids(model.spec(), random, 3, 5);
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = EVALUATION.with(form);
                Memory together = model.encode(source, pass.with(new Layout.Padded(Tensors.of(lengths, 3))));
                Tensor logits = model.forward(ids, together, pass);
                for (int row = 0; row < 3; row++) {
                    Memory alone = model.encode(source.slice(0, row, row + 1L).slice(1, 0, lengths[row]), pass);
                    assertTensor(together.encoded().slice(0, row, row + 1L).slice(1, 0, lengths[row]))
                            .isCloseTo(alone.encoded(), 2e-5, 2e-5);
                    Tensor expected = model.forward(ids.slice(0, row, row + 1L), alone, pass);
                    assertTensor(logits.slice(0, row, row + 1L)).isCloseTo(expected, 2e-5, 2e-5);
                }
            }
        }
    }

    /// Another token later on in what is written changes nothing before it, and something after it.
    public static void nobodyLooksAhead(EncoderDecoder model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Memory memory = model.encode(source(model.spec(), random, 1, 6), EVALUATION);
            long[] ids = DecoderLaws.ids(model.spec(), random, 1, 8).toLongs();
            Tensor before = model.forward(Tensors.of(ids, 1, 8), memory, EVALUATION);
            ids[5] = (ids[5] + 1) % model.spec().vocabSize();
            Tensor after = model.forward(Tensors.of(ids, 1, 8), memory, EVALUATION);
            assertTensor(after.slice(1, 0, 5)).isCloseTo(Doubles.of(before.slice(1, 0, 5)), 1e-6, 1e-6);
            assertThat(Doubles.of(after.select(1, 7))).isNotEqualTo(Doubles.of(before.select(1, 7)));
        }
    }

    /// Another token, wherever it stands in what is read, changes what is written first.
    public static void allThatIsReadIsSeen(EncoderDecoder model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            long[] source = source(model.spec(), random, 1, 5).toLongs();
            Tensor ids = DecoderLaws.ids(model.spec(), random, 1, 1);
            double[] before =
                    Doubles.of(model.forward(ids, model.encode(Tensors.of(source, 1, 5), EVALUATION), EVALUATION));
            for (int i = 0; i < 5; i++) {
                long[] other = source.clone();
                other[i] = (other[i] + 1) % model.spec().sourceVocabSize();
                Memory memory = model.encode(Tensors.of(other, 1, 5), EVALUATION);
                assertThat(Doubles.of(model.forward(ids, memory, EVALUATION)))
                        .as("token %d", i)
                        .isNotEqualTo(before);
            }
        }
    }

    /// A folder gives the same model back, copied or mapped, with the same numbers.
    public static void writtenIsRead(EncoderDecoder model, RandomGenerator random, Path folder) throws IOException {
        ModelFolder.write(model, new TextEnds(OptionalInt.of(1), List.of(2)), folder);
        assertThat(ModelFolder.spec(folder)).isEqualTo(model.spec());
        for (Storage storage : Storage.exact()) {
            try (var _ = Scope.open("law");
                    var _ = Grad.off();
                    var again = (EncoderDecoder) ModelFolder.open(folder, Device.CPU, storage)) {
                Tensor source = source(model.spec(), random, 1, 6);
                Tensor ids = DecoderLaws.ids(model.spec(), random, 1, 6);
                Tensor expected = model.forward(ids, model.encode(source, EVALUATION), EVALUATION);
                assertTensor(again.forward(ids, again.encode(source, EVALUATION), EVALUATION))
                        .isSameAs(expected);
                assertThat(again.decoderStart()).isEqualTo(model.decoderStart());
                assertThat(again.parameters().mentions()).isEmpty();
            }
        }
    }
}
