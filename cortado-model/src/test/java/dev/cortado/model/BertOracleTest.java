package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;

import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A checkpoint with what another implementation made of it.
@ExtendWith(StrictScopes.class)
class BertOracleTest {
    private static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .flatMapToDouble(
                        node -> node.isArray() ? Arrays.stream(numbers(node)) : DoubleStream.of(node.doubleValue()))
                .toArray();
    }

    private static Tensor row(JsonNode list) {
        long[] ids = Arrays.stream(numbers(list)).mapToLong(id -> (long) id).toArray();
        return Tensors.of(ids, 1, ids.length);
    }

    @Test
    void everythingThatABertInPreTrainingComputes() throws IOException {
        Path folder = SharedData.require("oracles/bert-a");
        JsonNode expected =
                new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        for (Storage storage : Storage.exact()) {
            try (var model = (Encoder) ModelFolder.open(folder, Device.CPU, storage);
                    var _ = Grad.off()) {
                for (int i = 0; i < expected.get("input_ids").size(); i++) {
                    var tokens = new Tokens(
                            row(expected.get("input_ids").get(i)),
                            Optional.of(row(expected.get("token_type_ids").get(i))));
                    for (ComputeForm form : ComputeForm.values()) {
                        Tensor hidden =
                                model.hidden(tokens, Pass.evaluation(Device.CPU).with(form));
                        assertTensor(hidden)
                                .isCloseTo(numbers(expected.get("hidden").get(i)), 1e-4, 0);
                        assertTensor(model.pooler().orElseThrow().pool(hidden))
                                .isCloseTo(numbers(expected.get("pooled").get(i)), 1e-4, 0);
                        assertTensor(model.head().orElseThrow().apply(hidden))
                                .isCloseTo(numbers(expected.get("logits").get(i)), 1e-4, 0);
                        assertTensor(model.heads().getLast().apply(hidden))
                                .isCloseTo(
                                        numbers(expected.get("seq_relationship_logits")
                                                .get(i)),
                                        1e-4,
                                        0);
                    }
                }
            }
        }
    }
}
