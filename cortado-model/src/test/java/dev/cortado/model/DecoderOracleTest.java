package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Nn;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Checkpoints with what other implementations made of them.
@ExtendWith(StrictScopes.class)
class DecoderOracleTest {
    private static JsonNode json(Path file) {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    private static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .flatMapToDouble(node -> node.isArray()
                        ? Arrays.stream(numbers(node))
                        : java.util.stream.DoubleStream.of(node.doubleValue()))
                .toArray();
    }

    /// The most likely `count` ids after each of several prompts of one length, token by token through a cache.
    private static int[][] greedy(CausalLm model, int[][] prompts, int count) {
        int[][] chosen = new int[prompts.length][count];
        int length = prompts[0].length;
        try (var _ = Grad.off();
                var cache = model.newCache(prompts.length, length + (long) count, DType.F32)) {
            int[] next = Arrays.stream(prompts).flatMapToInt(Arrays::stream).toArray();
            for (int i = 0; i < count; i++) {
                try (var _ = Scope.open("greedy")) {
                    Tensor ids = Tensors.of(next, prompts.length, next.length / prompts.length);
                    Tensor logits = model.forward(ids, Pass.cached(cache, Device.CPU));
                    long[] best = logits.select(1, -1).argmax(-1).toLongs();
                    next = Arrays.stream(best).mapToInt(Math::toIntExact).toArray();
                }
                for (int row = 0; row < prompts.length; row++) {
                    chosen[row][i] = next[row];
                }
            }
        }
        return chosen;
    }

    private static int[] greedy(CausalLm model, int[] prompt, int count) {
        return greedy(model, new int[][] {prompt}, count)[0];
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-a", "llama-a", "mixtral-a", "qwen2-a"})
    void thePublishedDefinitionGivesTheSameLogitsAndText(String name) throws IOException {
        Path folder = SharedData.require("oracles/" + name);
        JsonNode expected = json(folder.resolve("expected.json"));
        try (var model = ModelFolder.openDecoder(folder, Device.CPU)) {
            for (int i = 0; i < expected.get("input_ids").size(); i++) {
                int[] ids = ids(expected.get("input_ids").get(i));
                double[] logits = numbers(expected.get("logits").get(i));
                for (ComputeForm form : ComputeForm.values()) {
                    assertTensor(model.forward(
                                    Tensors.of(ids, 1, ids.length),
                                    Pass.evaluation(Device.CPU).with(form)))
                            .isCloseTo(logits, 1e-4, 0);
                }
                int[] continued = ids(expected.get("greedy_ids").get(i));
                assertThat(greedy(model, ids, continued.length)).containsExactly(continued);
            }
        }
    }

    @Test
    void llama2cTellsTheSameStory() throws IOException {
        Path folder = SharedData.require("models/stories260k/hf");
        JsonNode expected = json(folder.resolve("expected.json"));
        try (var model = ModelFolder.openDecoder(folder, Device.CPU)) {
            assertThat(model.parameters().count()).isEqualTo(260_032);
            JsonNode story = expected.get("greedy_from_bos");
            assertThat(greedy(model, ids(story.get("prompt_ids")), 200)).containsExactly(ids(story.get("ids")));
            for (JsonNode one : expected.get("greedy_from_prompts")) {
                int[] continued = ids(one.get("greedy_ids"));
                assertThat(greedy(model, ids(one.get("prompt_ids")), continued.length))
                        .as(one.get("prompt").stringValue())
                        .containsExactly(continued);
            }
        }
    }

    @Test
    void itsLikelihoodOfATextIsTheSame() throws IOException {
        Path folder = SharedData.require("models/stories260k/hf");
        try (var model = ModelFolder.openDecoder(folder, Device.CPU);
                var _ = Grad.off()) {
            for (JsonNode text : json(folder.resolve("expected.json")).get("teacher_forced")) {
                int[] all = ids(text.get("ids"));
                Tensor ids = Tensors.of(all, 1, all.length);
                Tensor logits = model.forward(ids.slice(1, 0, -1), Pass.evaluation(Device.CPU));
                assertThat(Nn.crossEntropy(logits, ids.slice(1, 1)).toDouble())
                        .isCloseTo(text.get("mean_nll").doubleValue(), within(1e-3));
                assertTensor(logits.select(1, -1)).isCloseTo(numbers(text.get("last_logits")), 1e-3, 0);
            }
        }
    }

    @Test
    void minGptsLogitsOfSortedLettersAreTheSame() throws IOException {
        Path nano = SharedData.require("models/nano-gpt-sort");
        JsonNode expected = json(nano.resolve("expected.json"));
        try (var model = ModelFolder.openDecoder(nano.resolve("hf"), Device.CPU);
                var _ = Grad.off()) {
            for (int i = 0; i < expected.get("inputs").size(); i++) {
                int[] ids = ids(expected.get("inputs").get(i));
                double[] logits = numbers(expected.get("logits").get(i));
                for (ComputeForm form : ComputeForm.values()) {
                    Pass pass = Pass.evaluation(Device.CPU).with(form);
                    assertTensor(model.forward(Tensors.of(ids, 1, ids.length), pass))
                            .isCloseTo(logits, 1e-5, 0);
                }
            }
        }
    }

    /// All texts of six letters at once.
    @Test
    void itSortsWhatMinGptSorts() throws IOException {
        Path nano = SharedData.require("models/nano-gpt-sort");
        Map<String, String> sorted = new TreeMap<>();
        json(nano.resolve("sort_all_729.json"))
                .get("outputs")
                .properties()
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue().stringValue()));
        assertThat(sorted).hasSize(729);
        int[][] prompts =
                sorted.keySet().stream().map(DecoderOracleTest::letters).toArray(int[][]::new);
        int[][] outputs =
                sorted.values().stream().map(DecoderOracleTest::letters).toArray(int[][]::new);
        try (var model = ModelFolder.openDecoder(nano.resolve("hf"), Device.CPU)) {
            assertThat(greedy(model, prompts, 6)).isDeepEqualTo(outputs);
        }
    }

    private static int[] letters(String text) {
        return text.chars().map(c -> c - 'A').toArray();
    }
}
