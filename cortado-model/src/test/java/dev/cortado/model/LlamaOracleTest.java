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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Checkpoints with what other implementations made of them.
@ExtendWith(StrictScopes.class)
class LlamaOracleTest {
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
                        ? java.util.Arrays.stream(numbers(node))
                        : java.util.stream.DoubleStream.of(node.doubleValue()))
                .toArray();
    }

    /// The most likely continuation, token by token through a cache.
    private static int[] greedy(CausalLm model, int[] prompt, int count) {
        List<Integer> chosen = new ArrayList<>();
        try (var _ = Grad.off();
                var cache = model.newCache(1, prompt.length + (long) count, DType.F32)) {
            int[] next = prompt;
            while (chosen.size() < count) {
                try (var _ = Scope.open("greedy")) {
                    Tensor logits = model.forward(Tensors.of(next, 1, next.length), Pass.cached(cache, Device.CPU));
                    int id = (int) logits.select(1, -1).argmax(-1).toLong();
                    chosen.add(id);
                    next = new int[] {id};
                }
            }
        }
        return chosen.stream().mapToInt(i -> i).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-a", "qwen2-a"})
    void transformersGivesTheSameLogitsAndText(String oracle) throws IOException {
        Path folder = SharedData.require("oracles/" + oracle);
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
}
