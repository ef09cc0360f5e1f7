package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// What holds for every encoder, whatever its architecture.
public final class EncoderLaws {
    private static final Pass EVALUATION = Pass.evaluation(Device.CPU);

    private EncoderLaws() {}

    /// All of them, for a model of these numbers with random parameters; `folder` is an empty one.
    ///
    /// @param types how many texts the model tells apart
    public static void hold(ModelSpec spec, int types, RandomGenerator random, Path folder) throws IOException {
        try (var model = random(spec, random)) {
            formsAgree(model, types, random);
            paddedIsAlone(model, types, random);
            packedIsSeparate(model, types, random);
            everyTokenIsSeenByAll(model, types, random);
            textsAreToldApart(model, types, random);
            writtenIsRead(model, types, random, folder);
        }
    }

    /// A model whose every parameter is random and matters; a new one starts with zeros in its branches.
    public static Encoder random(ModelSpec spec, RandomGenerator random) {
        var model = (Encoder) spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        DecoderLaws.randomise(model, random);
        return model;
    }

    /// Random ids, and the texts they are of.
    public static Tokens tokens(ModelSpec spec, int types, RandomGenerator random, int batch, int length) {
        long count = (long) batch * length;
        return new Tokens(
                DecoderLaws.ids(spec, random, batch, length),
                Optional.of(Tensors.of(random.ints(count, 0, types).toArray(), batch, length)));
    }

    /// Everything a model computes of tokens. What is of each token: [B, T, ..]; what is of a text: [B, ..].
    private static Map<String, Tensor> all(Encoder model, Tokens tokens, Pass pass) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        Tensor hidden = model.hidden(tokens, pass);
        all.put("hidden", hidden);
        model.pooler().ifPresent(pooler -> all.put("pooled", pooler.pool(hidden)));
        for (int i = 0; i < model.heads().size(); i++) {
            all.put("head " + i, model.heads().get(i).apply(hidden));
        }
        return all;
    }

    private static Tokens part(Tokens tokens, int dim, long from, long to) {
        return new Tokens(tokens.ids().slice(dim, from, to), tokens.types().map(types -> types.slice(dim, from, to)));
    }

    /// Our kernels or the library: the same values and the same gradients.
    public static void formsAgree(Encoder model, int types, RandomGenerator random) {
        try (var _ = Scope.open("law")) {
            Tokens tokens = tokens(model.spec(), types, random, 2, 9);
            long seed = random.nextLong();
            Map<String, double[]> first = gradients(model, tokens, EVALUATION.with(ComputeForm.FUSED), seed);
            Map<String, double[]> second = gradients(model, tokens, EVALUATION.with(ComputeForm.LIBRARY), seed);
            assertThat(second.keySet()).isEqualTo(first.keySet());
            // The gradient of a key's bias is nothing but rounding, for it shifts all scores of a query
            // alike.
            double largest = first.values().stream()
                    .mapToDouble(EncoderLaws::largest)
                    .max()
                    .orElseThrow();
            first.forEach((name, gradient) -> {
                double size = Math.max(largest / 20, largest(gradient));
                assertThat(second.get(name)).as(name).containsExactly(gradient, within(2e-4 * size));
            });
        }
    }

    private static double largest(double[] numbers) {
        return Arrays.stream(numbers).map(Math::abs).max().orElseThrow();
    }

    /// Of a random linear function of all outputs.
    private static Map<String, double[]> gradients(Encoder model, Tokens tokens, Pass pass, long seed) {
        Map<String, double[]> all = new HashMap<>();
        var random = new SplittableRandom(seed);
        try (var _ = Scope.open("gradients")) {
            Tensor loss = Tensors.of(new float[1], 1).sum();
            for (var output : all(model, tokens, pass).entrySet()) {
                all.put(output.getKey(), Doubles.of(output.getValue()));
                loss = loss.add(output.getValue()
                        .mul(Tensors.normal(output.getValue().shape(), 0, 1, random))
                        .sum());
            }
            loss.backward();
            for (Parameter p : model.parameters()) {
                p.tensor().grad().ifPresent(g -> all.put(p.name(), Doubles.of(g)));
                p.tensor().clearGrad();
            }
        }
        return all;
    }

    /// A row does not know of the others, nor of the padding behind it.
    public static void paddedIsAlone(Encoder model, int types, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            int[] lengths = {random.nextInt(1, 9), 9, random.nextInt(1, 9)};
            Tokens tokens = tokens(model.spec(), types, random, 3, 9);
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = EVALUATION.with(form);
                Map<String, Tensor> together = all(model, tokens, pass.with(new Layout.Padded(Tensors.of(lengths, 3))));
                for (int row = 0; row < 3; row++) {
                    Tokens alone = part(part(tokens, 0, row, row + 1L), 1, 0, lengths[row]);
                    for (var expected : all(model, alone, pass).entrySet()) {
                        Tensor actual = together.get(expected.getKey()).slice(0, row, row + 1L);
                        Tensor text = actual.rank() == 3 ? actual.slice(1, 0, lengths[row]) : actual;
                        assertTensor(text).isCloseTo(expected.getValue(), 2e-5, 2e-5);
                    }
                }
            }
        }
    }

    /// Texts packed into a row do not know of each other.
    public static void packedIsSeparate(Encoder model, int types, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Tokens tokens = tokens(model.spec(), types, random, 1, 9);
            int[] positions = {0, 1, 2, 3, 0, 1, 2, 3, 4};
            int[] segments = {3, 3, 3, 3, 1, 1, 1, 1, 1};
            var layout = new Layout.Packed(Tensors.of(positions, 1, 9), Tensors.of(segments, 1, 9));
            for (ComputeForm form : ComputeForm.values()) {
                Pass pass = EVALUATION.with(form);
                Tensor packed = model.hidden(tokens, pass.with(layout));
                for (int[] range : List.of(new int[] {0, 4}, new int[] {4, 9})) {
                    Tensor alone = model.hidden(part(tokens, 1, range[0], range[1]), pass);
                    assertTensor(packed.slice(1, range[0], range[1])).isCloseTo(alone, 2e-5, 2e-5);
                }
            }
        }
    }

    /// Another token, wherever it stands, changes what is made of the first.
    public static void everyTokenIsSeenByAll(Encoder model, int types, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Tokens tokens = tokens(model.spec(), types, random, 1, 6);
            double[] before = Doubles.of(model.hidden(tokens, EVALUATION).select(1, 0));
            for (int i = 0; i < 6; i++) {
                long[] ids = tokens.ids().toLongs();
                ids[i] = (ids[i] + 1) % model.spec().vocabSize();
                Tokens other = new Tokens(Tensors.of(ids, 1, 6), tokens.types());
                assertThat(Doubles.of(model.hidden(other, EVALUATION).select(1, 0)))
                        .as("token %d", i)
                        .isNotEqualTo(before);
            }
        }
    }

    /// Which text a token is of matters, where a model knows of it; unsaid, all are of the first.
    public static void textsAreToldApart(Encoder model, int types, RandomGenerator random) {
        try (var _ = Scope.open("law");
                var _ = Grad.off()) {
            Tensor ids = DecoderLaws.ids(model.spec(), random, 1, 6);
            Tensor first = model.hidden(new Tokens(ids, Optional.of(Tensors.of(new int[6], 1, 6))), EVALUATION);
            assertTensor(model.hidden(Tokens.of(ids), EVALUATION)).isCloseTo(first, 1e-6, 1e-6);
            if (types > 1) {
                Tensor second = Tensors.of(new int[] {0, 0, 0, 0, 1, 1}, 1, 6);
                assertThat(Doubles.of(model.hidden(new Tokens(ids, Optional.of(second)), EVALUATION)))
                        .isNotEqualTo(Doubles.of(first));
            }
        }
    }

    /// A folder gives the same model back, copied or mapped, with the same numbers.
    public static void writtenIsRead(Encoder model, int types, RandomGenerator random, Path folder) throws IOException {
        ModelFolder.write(model, new TextEnds(OptionalInt.empty(), List.of()), folder);
        assertThat(ModelFolder.spec(folder)).isEqualTo(model.spec());
        for (Storage storage : Storage.exact()) {
            try (var _ = Scope.open("law");
                    var _ = Grad.off();
                    var again = (Encoder) ModelFolder.open(folder, Device.CPU, storage)) {
                Tokens tokens = tokens(model.spec(), types, random, 1, 6);
                Map<String, Tensor> expected = all(model, tokens, EVALUATION);
                Map<String, Tensor> actual = all(again, tokens, EVALUATION);
                assertThat(actual.keySet()).isEqualTo(expected.keySet());
                actual.forEach((name, tensor) -> assertTensor(tensor).isSameAs(expected.get(name)));
                assertThat(again.parameters().mentions()).isEmpty();
            }
        }
    }
}
