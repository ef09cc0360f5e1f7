package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.TinyLlama;
import dev.cortado.model.arch.Llama;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.Safetensors;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// An exported Llama, run by ONNX Runtime and by our own evaluator, is the Llama.
@ExtendWith(StrictScopes.class)
class LlamaOnnxTest {
    @TempDir
    Path folder;

    private static Safetensors saved(CausalLm model, Path file, DType dtype) throws IOException {
        return SavedModel.of(model, file, dtype, name -> name);
    }

    @Test
    void prefillAndStepsGiveItsLogits() {
        Path file = folder.resolve("llama.onnx");
        Seeds.repeat(8, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            try (var model = TinyLlama.model(spec, random);
                    var _ = Grad.off();
                    var weights = saved(model, folder.resolve("llama.safetensors"), DType.F32)) {
                // Half of them with external data.
                OnnxWriter.write(
                        file, LlamaOnnx.graph(spec, weights), random.nextBoolean() ? 0 : OnnxWriter.INSIDE_BYTES);
                int[] ids = TinyLlama.ids(spec, random, 9);
                Tensor expected = model.forward(Tensors.of(ids, 1, 9), Pass.evaluation(Device.CPU));
                try (var oracle = TwoRuntimes.open(file)) {
                    var session = new DecoderSession(oracle, 1);
                    int prompt = random.nextInt(1, 8);
                    assertTensor(session.next(Arrays.copyOf(ids, prompt), 0))
                            .isCloseTo(expected.slice(1, 0, prompt), 1e-4, 1e-4);
                    for (int at = prompt; at < ids.length; at++) {
                        assertTensor(session.next(new int[] {ids[at]}, at))
                                .isCloseTo(expected.slice(1, at, at + 1), 1e-4, 1e-4);
                    }
                }
            }
        });
    }

    @Test
    void aTextPaddedOnTheLeftIsTheText() throws Exception {
        var random = new SplittableRandom(3);
        LlamaSpec spec = TinyLlama.spec(random);
        Path file = folder.resolve("padded.onnx");
        try (var model = TinyLlama.model(spec, random);
                var _ = Grad.off();
                var weights = saved(model, folder.resolve("padded.safetensors"), DType.F32)) {
            LlamaOnnx.write(file, spec, weights);
            int[] ids = TinyLlama.ids(spec, random, 5);
            Tensor expected = model.forward(Tensors.of(ids, 1, 5), Pass.evaluation(Device.CPU));
            try (var oracle = TwoRuntimes.open(file)) {
                int[] padded = {0, 0, ids[0], ids[1], ids[2], ids[3], ids[4]};
                Tensor logits = new DecoderSession(oracle, 1)
                        .next(
                                Tensors.of(padded, 1, 7),
                                Tensors.of(new int[] {0, 0, 1, 1, 1, 1, 1}, 1, 7),
                                Tensors.of(new int[] {0, 0, 0, 1, 2, 3, 4}, 1, 7));
                assertTensor(logits.slice(1, 2)).isCloseTo(expected, 1e-4, 1e-4);
            }
        }
    }

    /// A trained model: grouped queries, a tied head, 512 positions.
    @Test
    void trainedWeightsTellTheSameStory() throws Exception {
        Path model = SharedData.require("models/stories260k/hf");
        Path file = folder.resolve("stories.onnx");
        int[] ids = new SplittableRandom(9).ints(40, 3, 512).toArray();
        try (CausalLm llama = ModelFolder.openDecoder(model, Device.CPU);
                var _ = Grad.off();
                var weights = ModelWeights.open(model)) {
            var spec = (LlamaSpec) llama.spec();
            LlamaOnnx.write(file, spec, weights);
            Tensor expected = llama.forward(Tensors.of(ids, 1, 40), Pass.evaluation(Device.CPU));
            try (var oracle = TwoRuntimes.open(file)) {
                var session = new DecoderSession(oracle, 1);
                assertTensor(session.next(Arrays.copyOf(ids, 39), 0)).isCloseTo(expected.slice(1, 0, 39), 1e-4, 1e-4);
                assertTensor(session.next(new int[] {ids[39]}, 39)).isCloseTo(expected.slice(1, 39), 1e-4, 1e-4);
            }
        }
    }

    @Test
    void inputsAndOutputsHaveOptimumsNames() throws Exception {
        var random = new SplittableRandom(1);
        var spec = new LlamaSpec(11, 16, 8, 2, 2, 1, 4, 6, 1e-5, 10_000, false);
        Path file = folder.resolve("names.onnx");
        try (var model = TinyLlama.model(spec, random);
                var weights = saved(model, folder.resolve("names.safetensors"), DType.F32)) {
            LlamaOnnx.write(file, spec, weights);
        }
        try (var oracle = TwoRuntimes.open(file)) {
            assertThat(oracle.inputs())
                    .containsExactlyInAnyOrder(
                            "input_ids",
                            "attention_mask",
                            "position_ids",
                            "past_key_values.0.key",
                            "past_key_values.0.value",
                            "past_key_values.1.key",
                            "past_key_values.1.value");
            assertThat(oracle.outputs())
                    .containsExactlyInAnyOrder(
                            "logits", "present.0.key", "present.0.value", "present.1.key", "present.1.value");
        }
    }

    /// What is exported can be imported: names, shapes and bytes, and the model itself.
    @Test
    void importingWhatWasExportedGivesTheSameWeights() {
        Seeds.repeat(4, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            Path file = folder.resolve("there.onnx");
            try (var model = TinyLlama.model(spec, random);
                    var weights = saved(model, folder.resolve("there.safetensors"), DType.F32)) {
                LlamaOnnx.write(file, spec, weights);
                try (OnnxFile read = OnnxFile.open(file);
                        var again = Llama.of(spec, Params.loaded(read, Device.CPU), Device.CPU)) {
                    assertThat(read.names()).containsExactlyInAnyOrderElementsOf(weights.names());
                    for (int i = 0; i < again.parameters().list().size(); i++) {
                        assertTensor(again.parameters().list().get(i).tensor())
                                .isSameAs(model.parameters().list().get(i).tensor());
                    }
                }
            }
        });
    }

    @Test
    void halfPrecisionWeightsAreWrittenAsTheFloatsTheyAre() throws Exception {
        var random = new SplittableRandom(5);
        LlamaSpec spec = TinyLlama.spec(random);
        Path file = folder.resolve("half.onnx");
        try (var model = TinyLlama.model(spec, random);
                var weights = saved(model, folder.resolve("half.safetensors"), DType.BF16)) {
            LlamaOnnx.write(file, spec, weights);
            try (OnnxFile read = OnnxFile.open(file)) {
                for (String name : weights.names()) {
                    StoredTensor half = weights.find(name).orElseThrow();
                    StoredTensor full = read.find(name).orElseThrow();
                    assertTensor(Tensors.copyOf(full.bytes(), DType.F32, full.shape()))
                            .isSameAs(Tensors.copyOf(half.bytes(), DType.BF16, half.shape())
                                    .to(DType.F32));
                }
            }
        }
    }

    @Test
    void weightsOfAnotherSpecAreRefused() throws Exception {
        var random = new SplittableRandom(1);
        var spec = new LlamaSpec(11, 16, 8, 2, 2, 1, 4, 6, 1e-5, 10_000, false);
        var narrower = new LlamaSpec(11, 16, 8, 2, 2, 1, 4, 5, 1e-5, 10_000, false);
        var deeper = new LlamaSpec(11, 16, 8, 3, 2, 1, 4, 6, 1e-5, 10_000, false);
        var shallower = new LlamaSpec(11, 16, 8, 1, 2, 1, 4, 6, 1e-5, 10_000, false);
        try (var model = TinyLlama.model(spec, random);
                var weights = saved(model, folder.resolve("other.safetensors"), DType.F32)) {
            assertThatThrownBy(() -> LlamaOnnx.graph(narrower, weights))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(
                            "model.layers.0.mlp.gate_proj.weight is F32 [6, 8] where the configuration says [5, 8]");
            assertThatThrownBy(() -> LlamaOnnx.graph(deeper, weights))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing model.layers.2.input_layernorm.weight [8]");
            assertThatThrownBy(() -> LlamaOnnx.graph(shallower, weights))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("unused model.layers.1.input_layernorm.weight and 8 more");
        }
    }
}
