package dev.cortado.model.gguf;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Pass;
import dev.cortado.model.Storage;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A published model as GGUF is the model of the folder it comes from.
@ExtendWith(StrictScopes.class)
class GgufModelFileTest {
    private static final Path HF = SharedData.require("models/stories260k/hf");

    private static JsonNode expected() {
        return JsonMapper.shared().readTree(HF.resolve("expected.json"));
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static int[] greedy(CausalLm model, int[] prompt, int count) {
        int[] chosen = new int[count];
        try (var _ = Grad.off();
                var cache = model.newCache(1, prompt.length + (long) count, DType.F32)) {
            int[] next = prompt;
            for (int i = 0; i < count; i++) {
                try (var _ = Scope.open("greedy")) {
                    Tensor logits = model.forward(Tensors.of(next, 1, next.length), Pass.cached(cache, Device.CPU));
                    chosen[i] = (int) logits.select(1, -1).argmax(-1).toLong();
                    next = new int[] {chosen[i]};
                }
            }
        }
        return chosen;
    }

    @ParameterizedTest
    @CsvSource({
        "stories260k.gguf, TRAINABLE",
        "stories260k.gguf, MAPPED",
        "stories260k-f16.gguf, TRAINABLE",
        "stories260k-f16.gguf, MAPPED"
    })
    void tellsTheSameStory(String name, Storage storage) throws IOException {
        Path file = SharedData.require("models/stories260k/" + name);
        try (var model = (CausalLm) GgufModelFile.open(file, Device.CPU, storage);
                var folder = ModelFolder.openDecoder(HF, Device.CPU);
                var _ = Grad.off()) {
            assertThat(model.parameters().count()).isEqualTo(260_032);
            assertThat(greedy(model, new int[] {1}, 200))
                    .containsExactly(ints(expected().get("greedy_from_bos").get("ids")));
            for (JsonNode prompt : expected().get("greedy_from_prompts")) {
                int[] ids = ints(prompt.get("greedy_ids"));
                assertThat(greedy(model, ints(prompt.get("prompt_ids")), ids.length))
                        .containsExactly(ids);
            }
            if (name.equals("stories260k.gguf")) {
                int[] ids = ints(expected().get("teacher_forced").get(0).get("ids"));
                Tensor input = Tensors.of(ids, 1, ids.length);
                assertTensor(model.forward(input, Pass.evaluation(Device.CPU)))
                        .isCloseTo(folder.forward(input, Pass.evaluation(Device.CPU)), 1e-4, 1e-4);
            }
        }
    }

    @Test
    void numbersAndEndsAreThoseOfTheFolder() throws IOException {
        try (var file = GgufModelFile.open(SharedData.require("models/stories260k/stories260k.gguf"))) {
            assertThat(file.spec()).isEqualTo(ModelFolder.spec(HF));
            assertThat(file.ends()).isEqualTo(ModelFolder.ends(HF));
            assertThat(file.chatTemplate()).isEmpty();
        }
    }
}
