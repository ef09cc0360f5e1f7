package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.DecoderLaws;
import dev.cortado.model.Families;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.Gpt2Spec;
import dev.cortado.model.arch.MistralSpec;
import dev.cortado.model.convert.GraphLikeness;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Exported decoders, run by ONNX Runtime and by our own evaluator, are the decoders.
@ExtendWith(StrictScopes.class)
class DecoderExportTest {
    @TempDir
    private Path folder;

    record Family(String name, Function<RandomGenerator, ModelSpec> spec) {
        /// Random numbers of a model that can be exported.
        ModelSpec random(RandomGenerator random) {
            ModelSpec made = spec.apply(random);
            while (!OnnxExport.canExport(made)) {
                made = spec.apply(random);
            }
            return made;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Family> families() {
        return List.of(
                new Family("gpt2", DecoderExportTest::gpt2),
                new Family("llama", Families::llama),
                new Family("mistral", Families::mistral),
                new Family("mistral that turns some channels", DecoderExportTest::partlyTurning),
                new Family("qwen2", Families::qwen2),
                new Family("qwen3", Families::qwen3));
    }

    private static Gpt2Spec gpt2(RandomGenerator random) {
        int heads = random.nextInt(1, 4);
        Activation[] activations = Activation.values();
        return new Gpt2Spec(
                random.nextInt(5, 30),
                random.nextInt(14, 20),
                heads * random.nextInt(3, 7),
                random.nextInt(1, 4),
                heads,
                random.nextInt(1, 20),
                activations[random.nextInt(activations.length)],
                random.nextBoolean() ? 1e-5 : 1e-2,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private static MistralSpec partlyTurning(RandomGenerator random) {
        MistralSpec all = Families.mistral(random);
        Rotary part = Rotary.of(all.sizes().headDim() - 2, 300).with(new RopeScaling.Linear(2));
        return new MistralSpec(all.sizes(), all.hiddenWidth(), part, all.window());
    }

    @ParameterizedTest
    @MethodSource("families")
    void prefillAndStepsGiveItsLogits(Family family) {
        Path file = folder.resolve("model.onnx");
        Seeds.repeat(8, random -> {
            ModelSpec spec = family.random(random);
            try (var model = DecoderLaws.random(spec, random);
                    var _ = Grad.off();
                    var weights = SavedModel.of(model, folder.resolve("model.safetensors"))) {
                assertThat(OnnxExport.write(file, spec, weights)).containsExactly(file);
                assertThat(GraphLikeness.of(model, List.of(file)).maxAbs()).isLessThan(1e-4);
                Tensor ids = DecoderLaws.ids(spec, random, 2, 12);
                Tensor expected = model.forward(ids, Pass.evaluation(Device.CPU));
                try (var oracle = TwoRuntimes.open(file)) {
                    var session = new DecoderSession(oracle, 2);
                    long from = 0;
                    while (from < 12) {
                        long to = random.nextLong(from, 12) + 1;
                        assertTensor(session.next(ids.slice(1, from, to), from))
                                .isCloseTo(expected.slice(1, from, to), 1e-4, 1e-4);
                        from = to;
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("families")
    void aTextPaddedOnTheLeftIsTheText(Family family) {
        Path file = folder.resolve("model.onnx");
        Seeds.repeat(2, random -> {
            ModelSpec spec = family.random(random);
            try (var model = DecoderLaws.random(spec, random);
                    var _ = Grad.off();
                    var weights = SavedModel.of(model, folder.resolve("model.safetensors"))) {
                OnnxExport.write(file, spec, weights);
                Tensor ids = DecoderLaws.ids(spec, random, 1, 10);
                Tensor expected = model.forward(ids.slice(1, 3), Pass.evaluation(Device.CPU));
                try (var oracle = TwoRuntimes.open(file)) {
                    int[] seen = {0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
                    int[] positions = {0, 0, 0, 0, 1, 2, 3, 4, 5, 6};
                    Tensor logits = new DecoderSession(oracle, 1)
                            .next(ids, Tensors.of(seen, 1, 10), Tensors.of(positions, 1, 10));
                    assertTensor(logits.slice(1, 3)).isCloseTo(expected, 1e-4, 1e-4);
                }
            }
        });
    }

    /// What is exported can be imported: the same parameters under the same names.
    @ParameterizedTest
    @MethodSource("families")
    void importingWhatWasExportedGivesTheModel(Family family) {
        Path file = folder.resolve("model.onnx");
        Seeds.repeat(2, random -> {
            ModelSpec spec = family.random(random);
            try (var model = DecoderLaws.random(spec, random);
                    var weights = SavedModel.of(model, folder.resolve("model.safetensors"))) {
                OnnxExport.write(file, spec, weights);
                try (OnnxFile read = OnnxFile.open(file);
                        var again = spec.build(Params.loaded(read, Device.CPU), Device.CPU)) {
                    assertThat(read.names()).containsExactlyInAnyOrderElementsOf(weights.names());
                    for (int i = 0; i < again.parameters().list().size(); i++) {
                        assertTensor(again.parameters().list().get(i).tensor())
                                .isSameAs(model.parameters().list().get(i).tensor());
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-a", "llama-a", "qwen2-a"})
    void thePublishedDefinitionGivesTheSameLogitsAndText(String name) throws Exception {
        Path oracles = SharedData.require("oracles/" + name);
        JsonNode expected =
                new ObjectMapper().readTree(oracles.resolve("expected.json").toFile());
        Path file = folder.resolve("model.onnx");
        try (var weights = ModelWeights.open(oracles)) {
            OnnxExport.write(file, ModelFolder.spec(oracles), weights);
        }
        try (var oracle = TwoRuntimes.open(file)) {
            for (int i = 0; i < expected.get("input_ids").size(); i++) {
                int[] ids = Expected.ids(expected.get("input_ids").get(i));
                var session = new DecoderSession(oracle, 1);
                Tensor logits = session.next(ids, 0);
                assertTensor(logits)
                        .isCloseTo(Expected.numbers(expected.get("logits").get(i)), 1e-4, 0);
                int[] greedy = Expected.ids(expected.get("greedy_ids").get(i));
                for (int j = 0; j < greedy.length; j++) {
                    int next = (int) logits.select(1, -1).argmax(-1).toLong();
                    assertThat(next).isEqualTo(greedy[j]);
                    logits = session.next(new int[] {next}, ids.length + (long) j);
                }
            }
        }
    }
}
