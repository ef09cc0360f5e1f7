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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A model folder with what another implementation made of it, in an `expected.json` beside it.
public final class DecoderOracle {
    private DecoderOracle() {}

    /// The same logits within 1e-4 in every form, and the same most likely continuation through a cache.
    public static void agrees(Path folder) throws IOException {
        JsonNode expected = json(folder.resolve("expected.json"));
        try (var model = ModelFolder.openDecoder(folder, Device.CPU)) {
            for (int i = 0; i < expected.get("input_ids").size(); i++) {
                int[] ids = ids(expected.get("input_ids").get(i));
                double[] logits = numbers(expected.get("logits").get(i));
                for (ComputeForm form : ComputeForm.values()) {
                    Pass pass = Pass.evaluation(Device.CPU).with(form);
                    assertTensor(model.forward(Tensors.of(ids, 1, ids.length), pass))
                            .isCloseTo(logits, 1e-4, 0);
                }
                int[] continued = ids(expected.get("greedy_ids").get(i));
                int[][] greedy = greedy(model, new int[][] {ids}, continued.length);
                assertThat(greedy[0]).containsExactly(continued);
            }
        }
    }

    public static JsonNode json(Path file) {
        return new ObjectMapper().readTree(file.toFile());
    }

    public static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    public static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .flatMapToDouble(
                        node -> node.isArray() ? Arrays.stream(numbers(node)) : DoubleStream.of(node.doubleValue()))
                .toArray();
    }

    /// The most likely `count` ids after each of several prompts of one length, token by token through a cache.
    public static int[][] greedy(CausalLm model, int[][] prompts, int count) {
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
}
