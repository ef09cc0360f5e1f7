package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.arch.EfficientTransformerSpec;
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
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// What holds for every decoder, whatever its architecture.
public final class DecoderLaws {
    private DecoderLaws() {}

    /// All of them, for a model of these numbers with random parameters; `folder` is an empty one.
    public static void hold(ModelSpec spec, RandomGenerator random, Path folder) throws IOException {
        try (var model = random(spec, random)) {
            cachedIsFull(model, random);
            formsAgree(model, random);
            batchedIsAlone(model, random);
            packedIsSeparate(model, random);
            if (!(spec instanceof EfficientTransformerSpec)) {
                prefixIsPast(model, random);
                prefixStandsBeforeEachPackedText(model, random);
            }
            nobodyLooksAhead(model, random);
            writtenIsRead(model, random, folder);
        }
    }

    /// A model whose every parameter is random and matters; a new one starts with zeros in its branches.
    public static CausalLm random(ModelSpec spec, RandomGenerator random) {
        var model = (CausalLm) spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        randomise(model, random);
        return model;
    }

    /// Vectors near 1 (or 0, where they are biases), matrices that keep the scale of activations.
    public static void randomise(Model model, RandomGenerator random) {
        try (var _ = Scope.open("randomise");
                var _ = Grad.off()) {
            for (Parameter p : model.parameters()) {
                Tensor noise = Tensors.normal(p.tensor().shape(), 0, 1, random);
                long fanIn = p.tensor().rank() == 1 ? 25 : p.tensor().size(1);
                double mean = p.tensor().rank() == 1 && p.name().endsWith("weight") ? 1 : 0;
                p.tensor().copyInPlace(noise.mul(1 / Math.sqrt((double) fanIn)).add(mean));
            }
        }
    }

    /// The numbers of every parameter, by name and row, for a naive reference.
    public static Map<String, double[][]> weights(Model model) {
        Map<String, double[][]> weights = new HashMap<>();
        for (Parameter p : model.parameters()) {
            weights.put(p.name(), Doubles.rows(p.tensor()));
        }
        return weights;
    }

    public static Tensor ids(ModelSpec spec, RandomGenerator random, int batch, int length) {
        return Tensors.of(
                random.ints((long) batch * length, 0, spec.vocabSize()).toArray(), batch, length);
    }

    /// Names and shapes of all parameters, as `name [2, 3]`.
    public static List<String> shapes(Model model) {
        return model.parameters().list().stream()
                .map(p -> p.name() + " " + p.tensor().shape())
                .toList();
    }

    /// In every form, what a naive reference makes of ids [T]: logits [T][V].
    public static void equalsNaive(CausalLm model, RandomGenerator random, Function<int[], double[][]> naive) {
        int[] ids =
                random.ints(random.nextInt(1, 12), 0, model.spec().vocabSize()).toArray();
        double[] expected = Doubles.flat(naive.apply(ids));
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            for (ComputeForm form : ComputeForm.values()) {
                Tensor logits = model.forward(
                        Tensors.of(ids, 1, ids.length),
                        Pass.evaluation(Device.CPU).with(form));
                assertTensor(logits)
                        .hasShape(1, ids.length, model.spec().vocabSize())
                        .isCloseTo(expected, 1e-4, 1e-4);
            }
        }
    }

    /// In pieces through a cache, or all at once.
    public static void cachedIsFull(CausalLm model, RandomGenerator random) {
        int length = Math.min(12, model.spec().contextLength());
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            for (ComputeForm form : ComputeForm.values()) {
                Tensor ids = ids(model.spec(), random, 2, length);
                Tensor full = model.forward(ids, Pass.evaluation(Device.CPU).with(form));
                try (var cache = model.newCache(2, length, DType.F32)) {
                    int from = 0;
                    while (from < length) {
                        int to = random.nextInt(from, length) + 1;
                        Tensor piece = model.forward(
                                ids.slice(1, from, to),
                                Pass.cached(cache, Device.CPU).with(form));
                        assertTensor(piece).isCloseTo(Doubles.of(full.slice(1, from, to)), 2e-5, 2e-5);
                        from = to;
                    }
                }
            }
        }
    }

    /// Our kernels or the library: the same values and the same gradients.
    public static void formsAgree(CausalLm model, RandomGenerator random) {
        try (var _ = Scope.open("law")) {
            int length = Math.min(11, model.spec().contextLength());
            Tensor ids = ids(model.spec(), random, 2, length);
            Tensor targets = ids(model.spec(), random, 2, length);
            Map<String, double[]> first = gradients(model, ids, targets, ComputeForm.FUSED);
            Map<String, double[]> second = gradients(model, ids, targets, ComputeForm.LIBRARY);
            double largest = first.values().stream()
                    .mapToDouble(DecoderLaws::largest)
                    .max()
                    .orElseThrow();
            first.forEach((name, gradient) -> {
                // A bias of keys has no gradient but rounding: it shifts all scores of a query alike.
                double size = Math.max(1e-2 * Math.max(1, largest), largest(gradient));
                assertThat(second.get(name))
                        .as(name)
                        .containsExactly(gradient, org.assertj.core.data.Offset.offset(2e-4 * size));
            });
        }
    }

    private static double largest(double[] numbers) {
        return Arrays.stream(numbers).map(Math::abs).max().orElse(0);
    }

    private static Map<String, double[]> gradients(CausalLm model, Tensor ids, Tensor targets, ComputeForm form) {
        Map<String, double[]> all = new HashMap<>();
        try (var _ = Scope.open("gradients")) {
            Tensor logits = model.forward(ids, Pass.evaluation(Device.CPU).with(form));
            Nn.crossEntropySum(logits, targets).backward();
            all.put("logits", Doubles.of(logits));
            for (Parameter p : model.parameters()) {
                p.tensor().grad().ifPresent(g -> all.put(p.name(), Doubles.of(g)));
                p.tensor().clearGrad();
            }
        }
        return all;
    }

    /// A row does not know of the others.
    public static void batchedIsAlone(CausalLm model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Tensor ids = ids(model.spec(), random, 3, 7);
            Tensor all = model.forward(ids, Pass.evaluation(Device.CPU));
            for (int row = 0; row < 3; row++) {
                Tensor alone = model.forward(ids.slice(0, row, row + 1L), Pass.evaluation(Device.CPU));
                assertTensor(alone).isCloseTo(Doubles.of(all.slice(0, row, row + 1L)), 2e-5, 2e-5);
            }
        }
    }

    /// Texts packed into a row do not know of each other.
    public static void packedIsSeparate(CausalLm model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Tensor ids = ids(model.spec(), random, 1, 9);
            int[] positions = {0, 1, 2, 3, 0, 1, 2, 3, 4};
            int[] segments = {3, 3, 3, 3, 1, 1, 1, 1, 1};
            var layout = new Layout.Packed(Tensors.of(positions, 1, 9), Tensors.of(segments, 1, 9));
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = Pass.evaluation(Device.CPU).with(form);
                Tensor packed = model.forward(ids, pass.with(layout));
                for (int[] range : List.of(new int[] {0, 4}, new int[] {4, 9})) {
                    Tensor alone = model.forward(ids.slice(1, range[0], range[1]), pass);
                    assertTensor(alone).isCloseTo(Doubles.of(packed.slice(1, range[0], range[1])), 2e-5, 2e-5);
                }
            }
        }
    }

    /// A prefix made of the keys and values of tokens is as good as the tokens.
    public static void prefixIsPast(CausalLm model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Tensor ids = ids(model.spec(), random, 2, 11);
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = Pass.evaluation(Device.CPU).with(form);
                Tensor expected = model.forward(ids, pass).slice(1, 4, 11);
                try (var cache = model.newCache(2, 4, DType.F32);
                        var second = model.newCache(2, 11, DType.F32)) {
                    model.forward(ids.slice(1, 0, 4), Pass.cached(cache, Device.CPU));
                    Tensor behind = model.forward(ids.slice(1, 4, 11), pass.with(cache.prefix()));
                    assertTensor(behind).isCloseTo(expected, 2e-5, 2e-5);
                    second.begin(cache.prefix());
                    Tensor continued = model.forward(
                            ids.slice(1, 4, 11), Pass.cached(second, Device.CPU).with(form));
                    assertTensor(continued).isCloseTo(expected, 2e-5, 2e-5);
                }
            }
        }
    }

    /// All texts of a row see it, and still not each other.
    public static void prefixStandsBeforeEachPackedText(CausalLm model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off();
                var cache = model.newCache(1, 3, DType.F32)) {
            model.forward(ids(model.spec(), random, 1, 3), Pass.cached(cache, Device.CPU));
            Tensor ids = ids(model.spec(), random, 2, 9);
            int[] positions = {0, 1, 2, 3, 0, 1, 2, 3, 4};
            int[] segments = {3, 3, 3, 3, 1, 1, 1, 1, 1};
            var layout = new Layout.Packed(Tensors.of(positions, 1, 9), Tensors.of(segments, 1, 9));
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = Pass.evaluation(Device.CPU).with(form).with(cache.prefix());
                Tensor packed = model.forward(ids, pass.with(layout));
                for (int[] range : List.of(new int[] {0, 4}, new int[] {4, 9})) {
                    Tensor alone = model.forward(ids.slice(1, range[0], range[1]), pass);
                    assertTensor(packed.slice(1, range[0], range[1])).isCloseTo(alone, 2e-5, 2e-5);
                }
            }
        }
    }

    /// Another token later on changes nothing before it.
    public static void nobodyLooksAhead(CausalLm model, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Tensor ids = ids(model.spec(), random, 1, 8);
            Tensor other = Tensors.cat(List.of(ids.slice(1, 0, 5), ids(model.spec(), random, 1, 3)), 1);
            Tensor before = model.forward(ids, Pass.evaluation(Device.CPU)).slice(1, 0, 5);
            Tensor after = model.forward(other, Pass.evaluation(Device.CPU)).slice(1, 0, 5);
            assertTensor(after).isCloseTo(Doubles.of(before), 1e-6, 1e-6);
        }
    }

    /// A folder gives the same model back, copied or mapped, with the same numbers.
    public static void writtenIsRead(CausalLm model, RandomGenerator random, Path folder) throws IOException {
        ModelFolder.write(model, new TextEnds(OptionalInt.of(1), List.of(2)), folder);
        assertThat(ModelFolder.spec(folder)).isEqualTo(model.spec());
        for (Storage storage : Storage.exact()) {
            try (var _ = Scope.open("law");
                    var _ = Grad.off();
                    var again = (CausalLm) ModelFolder.open(folder, Device.CPU, storage)) {
                Tensor ids = ids(model.spec(), random, 1, 6);
                Tensor expected = model.forward(ids, Pass.evaluation(Device.CPU));
                assertTensor(again.forward(ids, Pass.evaluation(Device.CPU))).isSameAs(expected);
                assertThat(again.parameters().mentions()).isEmpty();
            }
        }
    }
}
