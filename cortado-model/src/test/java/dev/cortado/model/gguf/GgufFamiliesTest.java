package dev.cortado.model.gguf;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Parameter;
import dev.cortado.model.Pass;
import dev.cortado.model.Storage;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.testkit.llamacpp.LlamaCppOracle;
import dev.cortado.text.gguf.GgmlType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every family there and back, and before llama.cpp.
@ExtendWith(StrictScopes.class)
class GgufFamiliesTest {
    private static final int LENGTH = 12;

    @TempDir
    private Path folder;

    static Stream<String> families() {
        return TinyModels.decoders().keySet().stream();
    }

    private static int[] ids(long seed) {
        return new SplittableRandom(seed).ints(LENGTH, 0, 280).toArray();
    }

    private static Tensor logits(CausalLm model, int... ids) {
        try (var _ = Grad.off()) {
            return model.forward(Tensors.of(ids, 1, ids.length), Pass.evaluation(Device.CPU));
        }
    }

    private Path write(ModelSpec spec, WeightSource weights, GgmlType type) throws IOException {
        Path file = folder.resolve(type + ".gguf");
        var ends = new TextEnds(OptionalInt.of(0), List.of(0));
        var written = GgufModelWriter.write(
                file, spec, weights, GgufModelWriter.Options.of(type).with(TinyModels.tokenizer(), ends));
        assertThat(written.tensors()).isNotEmpty();
        return file;
    }

    /// All of them for three families; for the others one, to save time.
    private static List<GgmlType> types(String name) {
        List<GgmlType> all = List.of(GgmlType.Q8_0, GgmlType.Q4_0, GgmlType.Q4_K, GgmlType.F16);
        return switch (name) {
            case "llama", "qwen2", "gpt2" -> all;
            default -> List.of(all.get(name.length() % all.size()));
        };
    }

    @ParameterizedTest
    @MethodSource("families")
    void thereAndBack(String name) throws IOException {
        ModelSpec spec = TinyModels.decoders().get(name);
        try (var model = TinyModels.model(spec, 7);
                var weights = TinyModels.saved(model, folder.resolve("weights.safetensors"))) {
            Path file = write(spec, weights, GgmlType.F32);
            Tensor expected = logits(model, ids(3));
            for (Storage storage : List.of(Storage.TRAINABLE, Storage.MAPPED)) {
                try (var again = (CausalLm) GgufModelFile.open(file, Device.CPU, storage)) {
                    assertTensor(logits(again, ids(3))).isCloseTo(expected, 1e-4, 1e-4);
                }
            }
            try (var read = GgufModelFile.open(file)) {
                if (!name.equals("mistral")) { // without a window it is a Llama to GGUF
                    assertThat(read.spec().architecture()).isEqualTo(spec.architecture());
                }
                assertThat(read.ends()).isEqualTo(new TextEnds(OptionalInt.of(0), List.of(0)));
                for (Parameter p : model.parameters()) {
                    var found = read.weights().find(p.name()).orElseThrow();
                    Tensor stored = Tensors.copyOf(found.bytes(), found.dtype(), found.shape());
                    if (spec.architecture().startsWith("Gemma") && p.tensor().rank() == 1) {
                        assertTensor(stored).isCloseTo(p.tensor(), 2e-7, 0); // 1 + w was rounded
                    } else {
                        assertTensor(stored).isSameAs(p.tensor());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void blocksInPlaceAreDecodedWeights(String name) throws IOException {
        ModelSpec spec = TinyModels.decoders().get(name);
        try (var model = TinyModels.model(spec, 8);
                var weights = TinyModels.saved(model, folder.resolve("weights.safetensors"))) {
            for (GgmlType type : types(name)) {
                Path file = write(spec, weights, type);
                try (var mapped = (CausalLm) GgufModelFile.open(file, Device.CPU, Storage.MAPPED);
                        var decoded = (CausalLm) GgufModelFile.open(file, Device.CPU, Storage.TRAINABLE);
                        var _ = Scope.open("compare")) {
                    assertTensor(logits(mapped, ids(5))).isCloseTo(logits(decoded, ids(5)), 1e-4, 1e-4);
                }
            }
        }
    }

    /// Those that build 4916 knows.
    static Stream<String> known() {
        return families().filter(name -> !name.startsWith("qwen3"));
    }

    /// In F32 to 1e-3 of the largest difference, and to 1e-2 of the root mean square for those with a GELU: that
    /// is looked up in a table of half floats there. With blocks llama.cpp rounds activations to 8 bits before
    /// each product, so logits of models whose experts are chosen, or that have many layers, differ more.
    @ParameterizedTest
    @MethodSource("known")
    void llamaCppComputesTheSame(String name) throws IOException {
        ModelSpec spec = TinyModels.decoders().get(name);
        boolean gelu = name.startsWith("g") || name.equals("bloom");
        boolean rough = name.contains("moe") || name.equals("mixtral") || name.startsWith("gemma");
        try (var model = TinyModels.model(spec, 9);
                var weights = TinyModels.saved(model, folder.resolve("weights.safetensors"))) {
            Path file = write(spec, weights, GgmlType.F32);
            int[] ids = ids(4);
            try (var oracle = LlamaCppOracle.open(file, TinyModels.CONTEXT)) {
                Difference difference = difference(logits(model, ids), oracle.logits(ids));
                if (gelu) {
                    assertThat(difference.relative()).isLessThan(1e-2);
                } else {
                    assertThat(difference.most()).isLessThan(1e-3);
                    if (name.equals("llama") || name.equals("qwen2")) {
                        assertThat(oracle.greedy(ids, 10)).containsExactly(greedy(model, ids, 10));
                    }
                }
            }
            for (GgmlType type : types(name)) {
                Path quantised = write(spec, weights, type);
                try (var oracle = LlamaCppOracle.open(quantised, TinyModels.CONTEXT);
                        var own = (CausalLm) GgufModelFile.open(quantised, Device.CPU, Storage.MAPPED)) {
                    Difference difference = difference(logits(own, ids), oracle.logits(ids));
                    assertThat(difference.relative()).as(type.toString()).isLessThan(rough ? 0.3 : 0.05);
                }
            }
        }
    }

    private static int[] greedy(CausalLm model, int[] prompt, int count) {
        int[] all = Arrays.copyOf(prompt, prompt.length + count);
        for (int i = prompt.length; i < all.length; i++) {
            try (var _ = Scope.open("greedy")) {
                all[i] = (int) logits(model, Arrays.copyOf(all, i))
                        .select(1, -1)
                        .argmax(-1)
                        .toLong();
            }
        }
        return Arrays.copyOfRange(all, prompt.length, all.length);
    }

    /// @param most     the largest difference of logits
    /// @param relative root mean square of the differences over that of the logits
    private record Difference(double most, double relative) {}

    private static Difference difference(Tensor ours, float[][] theirs) {
        float[] all = ours.contiguous().toFloats();
        double most = 0;
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < all.length; i++) {
            double difference = (double) all[i] - theirs[i / theirs[0].length][i % theirs[0].length];
            most = Math.max(most, Math.abs(difference));
            differences += difference * difference;
            squares += (double) all[i] * all[i];
        }
        return new Difference(most, Math.sqrt(differences / squares));
    }
}
