package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.DecoderLaws;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Layout;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.arch.T5Spec;
import dev.cortado.model.convert.GraphLikeness;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// An exported T5, run by ONNX Runtime and by our own evaluator, is the T5.
@ExtendWith(StrictScopes.class)
class T5OnnxTest {
    @TempDir
    private Path folder;

    private static T5Spec spec(RandomGenerator random) {
        Activation[] activations = Activation.values();
        int buckets = 4 * random.nextInt(1, 5);
        return new T5Spec(
                random.nextInt(5, 30),
                40,
                random.nextInt(6, 20),
                random.nextInt(1, 4),
                random.nextInt(1, 4),
                random.nextInt(1, 4),
                random.nextInt(2, 7),
                random.nextInt(1, 20),
                activations[random.nextInt(activations.length)],
                random.nextBoolean(),
                buckets,
                buckets / 2 + random.nextInt(1, 12),
                random.nextBoolean() ? 1e-6 : 1e-2,
                random.nextBoolean(),
                0);
    }

    private static EncoderDecoder random(T5Spec spec, RandomGenerator random) {
        EncoderDecoder model = spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
        DecoderLaws.randomise(model, random);
        return model;
    }

    /// Three texts of different lengths are read; what is written of each comes in pieces. Both are longer than
    /// the distances that buckets tell apart.
    @Test
    void readingAndWritingGiveItsLogits() {
        Seeds.repeat(8, random -> {
            T5Spec spec = spec(random);
            try (var model = random(spec, random);
                    var _ = Grad.off();
                    var weights = SavedModel.of(model, folder.resolve("model.safetensors"))) {
                List<Path> files = OnnxExport.write(folder.resolve("model.onnx"), spec, weights);
                assertThat(files)
                        .containsExactly(folder.resolve("encoder_model.onnx"), folder.resolve("decoder_model.onnx"));
                assertThat(GraphLikeness.of(model, files).maxAbs()).isLessThan(1e-4);
                int[] lengths = {random.nextInt(1, 25), 25, random.nextInt(1, 25)};
                Tensor read = DecoderLaws.ids(spec, random, 3, 25);
                Tensor mask = Tensors.range(0, 25, Device.CPU)
                        .lt(Tensors.of(lengths, 3, 1))
                        .to(DType.I64);
                Tensor written = DecoderLaws.ids(spec, random, 3, 22);
                Pass pass = Pass.evaluation(Device.CPU);
                var memory = model.encode(read, pass.with(new Layout.Padded(Tensors.of(lengths, 3))));
                Tensor expected = model.forward(written, memory, pass);
                try (var encoder = TwoRuntimes.open(files.getFirst());
                        var decoder = TwoRuntimes.open(files.getLast())) {
                    Tensor encoded = encoder.run(Map.of("input_ids", read, "attention_mask", mask))
                            .get("last_hidden_state");
                    for (int row = 0; row < 3; row++) {
                        assertTensor(encoded.select(0, row).slice(0, 0, lengths[row]))
                                .isCloseTo(memory.encoded().select(0, row).slice(0, 0, lengths[row]), 1e-4, 1e-4);
                    }
                    var session = new DecoderSession(decoder, 3);
                    var others = Map.of("encoder_hidden_states", encoded, "encoder_attention_mask", mask);
                    long from = 0;
                    while (from < 22) {
                        long to = random.nextLong(from, 22) + 1;
                        assertTensor(session.next(written.slice(1, from, to), others))
                                .isCloseTo(expected.slice(1, from, to), 1e-4, 1e-4);
                        from = to;
                    }
                }
            }
        });
    }

    @Test
    void thePublishedDefinitionGivesTheSame() throws Exception {
        Path oracles = SharedData.require("oracles/t5-a");
        JsonNode expected =
                new ObjectMapper().readTree(oracles.resolve("expected.json").toFile());
        List<Path> files;
        try (var weights = ModelWeights.open(oracles)) {
            files = OnnxExport.write(folder.resolve("model.onnx"), ModelFolder.spec(oracles), weights);
        }
        try (var encoder = TwoRuntimes.open(files.getFirst());
                var decoder = TwoRuntimes.open(files.getLast())) {
            for (int i = 0; i < expected.get("input_ids").size(); i++) {
                int[] read = Expected.ids(expected.get("input_ids").get(i));
                Tensor mask = Tensors.ones(Shape.of(1, read.length), DType.I64, Device.CPU);
                Tensor encoded = encoder.run(
                                Map.of("input_ids", Tensors.of(read, 1, read.length), "attention_mask", mask))
                        .get("last_hidden_state");
                assertTensor(encoded)
                        .isCloseTo(
                                Expected.numbers(expected.get("encoder_hidden").get(i)), 1e-4, 0);
                var others = Map.of("encoder_hidden_states", encoded, "encoder_attention_mask", mask);
                int[] written = Expected.ids(expected.get("decoder_input_ids").get(i));
                assertTensor(new DecoderSession(decoder, 1).next(Tensors.of(written, 1, written.length), others))
                        .isCloseTo(Expected.numbers(expected.get("logits").get(i)), 1e-4, 0);
                var session = new DecoderSession(decoder, 1);
                int next = 0;
                for (int id : Expected.ids(expected.get("greedy_ids").get(i))) {
                    Tensor logits = session.next(Tensors.of(new int[] {next}, 1, 1), others);
                    next = (int) logits.select(1, -1).argmax(-1).toLong();
                    assertThat(next).isEqualTo(id);
                }
            }
        }
    }

    @Test
    void bucketsThatReachTooFarAreRefused() throws Exception {
        T5Spec spec = new T5Spec(5, 40, 4, 1, 1, 1, 2, 3, Activation.RELU, false, 8, Integer.MAX_VALUE, 1e-6, true, 0);
        var random = new SplittableRandom(1);
        try (var model = random(spec, random);
                var weights = SavedModel.of(model, folder.resolve("model.safetensors"))) {
            assertThatThrownBy(() -> OnnxExport.write(folder.resolve("model.onnx"), spec, weights))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("relative_attention_max_distance 2147483647");
        }
    }
}
