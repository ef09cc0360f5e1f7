package dev.cortado.model.onnx;

import dev.cortado.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Messages of ONNX files made field by field, right ones and wrong ones.
final class HandMadeOnnx {
    private HandMadeOnnx() {}

    /// A whole file: a version of the format, one of the operators, and this graph.
    static byte[] model(ProtobufBytes graph) {
        return new ProtobufBytes()
                .integer(1, 8)
                .text(2, "hand")
                .message(8, new ProtobufBytes().text(1, "").integer(2, 17))
                .message(7, graph)
                .toArray();
    }

    /// Writes a file with this graph.
    static Path write(Path file, Consumer<ProtobufBytes> graph) throws java.io.IOException {
        var proto = new ProtobufBytes();
        graph.accept(proto);
        return Files.write(file, model(proto));
    }

    /// The beginning of an initializer: shape, type and name.
    static ProtobufBytes tensor(String name, DType dtype, long... sizes) {
        var proto = new ProtobufBytes();
        for (long size : sizes) {
            proto.integer(1, size);
        }
        return proto.integer(2, ElementType.of(dtype)).text(8, name);
    }

    /// A complete initializer with the numbers 0, 1, 2 …
    static ProtobufBytes counting(String name, int... sizes) {
        int count = 1;
        long[] dims = new long[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            count *= sizes[i];
            dims[i] = sizes[i];
        }
        byte[] bytes = new byte[count * Float.BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            buffer.putFloat(i);
        }
        return tensor(name, DType.F32, dims).bytes(9, bytes);
    }

    static ProtobufBytes node(String operator, String name, List<String> inputs, String output) {
        var proto = new ProtobufBytes();
        inputs.forEach(input -> proto.text(1, input));
        return proto.text(2, output).text(3, name).text(4, operator);
    }

    static ProtobufBytes value(String name) {
        return new ProtobufBytes().text(1, name);
    }
}
