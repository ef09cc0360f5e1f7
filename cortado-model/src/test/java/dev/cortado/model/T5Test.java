package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// T5 beside what its published definition gives.
@ExtendWith(StrictScopes.class)
class T5Test {
    private static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    private static double[] numbers(JsonNode rows) {
        List<Double> all = new ArrayList<>();
        rows.forEach(row -> row.forEach(number -> all.add(number.doubleValue())));
        return all.stream().mapToDouble(d -> d).toArray();
    }

    @Test
    void thePublishedDefinitionGivesTheSame() throws IOException {
        Path folder = SharedData.require("oracles/t5-a");
        JsonNode expected =
                new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        for (Storage storage : Storage.values()) {
            try (var model = (EncoderDecoder) ModelFolder.open(folder, Device.CPU, storage);
                    var _ = Grad.off()) {
                assertThat(model.parameters().mentions())
                        .containsExactly(
                                "unused decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight");
                for (int i = 0; i < 2; i++) {
                    int[] read = ids(expected.get("input_ids").get(i));
                    int[] written = ids(expected.get("decoder_input_ids").get(i));
                    for (ComputeForm form : ComputeForm.values()) {
                        try (var _ = Scope.open("t5")) {
                            Pass pass = Pass.evaluation(Device.CPU).with(form);
                            var memory = model.encode(Tensors.of(read, 1, read.length), pass);
                            assertTensor(memory.encoded())
                                    .isCloseTo(
                                            numbers(expected.get("encoder_hidden")
                                                    .get(i)),
                                            1e-4,
                                            0);
                            Tensor logits = model.forward(Tensors.of(written, 1, written.length), memory, pass);
                            assertTensor(logits)
                                    .isCloseTo(numbers(expected.get("logits").get(i)), 1e-4, 0);
                        }
                    }
                    int[] greedy = ids(expected.get("greedy_ids").get(i));
                    assertThat(greedy(model, read, greedy.length)).containsExactly(greedy);
                }
            }
        }
    }

    private static int[] greedy(EncoderDecoder model, int[] read, int count) {
        int[] chosen = new int[count];
        try (var _ = Scope.open("greedy");
                var cache = model.newCache(1, count, DType.F32)) {
            var memory = model.encode(Tensors.of(read, 1, read.length), Pass.evaluation(Device.CPU));
            int next = model.decoderStart();
            for (int i = 0; i < count; i++) {
                Tensor logits =
                        model.forward(Tensors.of(new int[] {next}, 1, 1), memory, Pass.cached(cache, Device.CPU));
                next = (int) logits.select(1, -1).argmax(-1).toLong();
                chosen[i] = next;
            }
        }
        return chosen;
    }
}
