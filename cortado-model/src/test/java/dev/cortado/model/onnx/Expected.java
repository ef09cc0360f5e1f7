package dev.cortado.model.onnx;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// Numbers in a file of what another implementation gave.
final class Expected {
    private Expected() {}

    /// Lists of lists of any depth, in their order.
    static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .flatMapToDouble(
                        node -> node.isArray() ? Arrays.stream(numbers(node)) : DoubleStream.of(node.doubleValue()))
                .toArray();
    }

    static int[] ids(JsonNode list) {
        return Arrays.stream(numbers(list)).mapToInt(id -> (int) id).toArray();
    }
}
