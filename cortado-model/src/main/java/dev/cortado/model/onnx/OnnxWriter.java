package dev.cortado.model.onnx;

import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.text.file.PendingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Writes an [OnnxGraph] as an `.onnx` file: streaming, and all or nothing.
///
/// Weights go into the file itself, or, when they are more than [#INSIDE_BYTES], into `NAME.onnx_data` beside it:
/// Protocol Buffers end at 2 GB. Memory is bounded by what the content of one tensor takes.
public final class OnnxWriter {
    /// Bytes of weights a file holds at most.
    public static final long INSIDE_BYTES = 1_900_000_000L;

    /// Shapes and other small constants stay inside: readers look at them before they open external data.
    private static final long SMALL_BYTES = 1024;

    /// Of external data: a multiple of the size of pages, so that readers can map each tensor.
    private static final long ALIGNMENT = 4096;

    /// The version of the file format that came with [OnnxGraph#OPSET].
    private static final int IR_VERSION = 8;

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int TENSOR_RAW_DATA = 9;

    private OnnxWriter() {}

    /// Writes a file, replacing one that is there and its external data.
    ///
    /// Content that fails costs nothing that was there. A kill while the new files take their places leaves the
    /// old model, the new one or none, and never a mix.
    ///
    /// @throws IllegalArgumentException for content not as long as its shape says
    /// @throws IOException naming the file and the tensor, when the disk is full or a content fails
    public static void write(Path file, OnnxGraph graph) throws IOException {
        write(file, graph, INSIDE_BYTES);
    }

    /// The same with another limit for what is inside, at most [#INSIDE_BYTES].
    static void write(Path file, OnnxGraph graph, long insideBytes) throws IOException {
        long total = 0;
        for (OutgoingTensor tensor : graph.initializers()) {
            total = Math.addExact(total, tensor.bytes());
        }
        Path data = dataBeside(file);
        if (total <= insideBytes) {
            try (PendingFile model = writeModel(file, graph, Map.of())) {
                model.publish();
            }
            Files.deleteIfExists(data); // of an earlier model
            return;
        }
        Map<String, Long> offsets = offsets(graph);
        try (PendingFile pendingData = writeData(data, graph, offsets);
                PendingFile model = writeModel(file, graph, offsets)) {
            Files.deleteIfExists(file); // or it would find the new data
            PendingFile.forceFolder(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder"));
            pendingData.publish();
            model.publish();
        }
    }

    /// The external data beside a file that was written, if it has some.
    public static Optional<Path> externalData(Path file) {
        return Optional.of(dataBeside(file)).filter(Files::exists);
    }

    private static Path dataBeside(Path file) {
        return file.resolveSibling(file.getFileName() + "_data");
    }

    /// Where each tensor that is not small begins in the file of external data.
    private static Map<String, Long> offsets(OnnxGraph graph) {
        Map<String, Long> offsets = new LinkedHashMap<>();
        long end = 0;
        for (OutgoingTensor tensor : graph.initializers()) {
            if (tensor.bytes() > SMALL_BYTES) {
                long begin = Math.addExact(end, (ALIGNMENT - end % ALIGNMENT) % ALIGNMENT);
                offsets.put(tensor.name(), begin);
                end = Math.addExact(begin, tensor.bytes());
            }
        }
        return offsets;
    }

    private static PendingFile writeData(Path file, OnnxGraph graph, Map<String, Long> offsets) throws IOException {
        PendingFile pending = PendingFile.beside(file);
        try {
            long end = 0;
            for (OutgoingTensor tensor : graph.initializers()) {
                Long begin = offsets.get(tensor.name());
                if (begin != null) {
                    pending.write(ByteBuffer.allocate((int) (begin - end)));
                    tensor.writeTo(pending);
                    end = begin + tensor.bytes();
                }
            }
            pending.seal();
            return pending;
        } catch (Throwable failure) {
            pending.closeAfter(failure);
            throw failure;
        }
    }

    private static PendingFile writeModel(Path file, OnnxGraph graph, Map<String, Long> offsets) throws IOException {
        ProtobufBytes head = new ProtobufBytes()
                .integer(1, IR_VERSION)
                .text(2, "cortado")
                .message(8, new ProtobufBytes().text(1, "").integer(2, OnnxGraph.OPSET));
        ProtobufBytes description = describe(graph);
        List<Piece> pieces = new ArrayList<>();
        long length = description.size();
        for (OutgoingTensor tensor : graph.initializers()) {
            Piece piece = piece(file, tensor, Optional.ofNullable(offsets.get(tensor.name())));
            pieces.add(piece);
            length = Math.addExact(length, piece.bytes());
        }
        PendingFile pending = PendingFile.beside(file);
        try {
            pending.write(ByteBuffer.wrap(head.toArray()));
            pending.write(ByteBuffer.wrap(
                    new ProtobufBytes().length(MODEL_GRAPH, length).toArray()));
            pending.write(ByteBuffer.wrap(description.toArray()));
            for (Piece piece : pieces) {
                pending.write(ByteBuffer.wrap(piece.head().toArray()));
                if (piece.content().isPresent()) {
                    piece.content().get().writeTo(pending);
                }
            }
            pending.seal();
            return pending;
        } catch (Throwable failure) {
            pending.closeAfter(failure);
            throw failure;
        }
    }

    /// An initializer: what comes before its content, and its content unless that is elsewhere.
    private record Piece(ProtobufBytes head, Optional<OutgoingTensor> content) {
        long bytes() {
            return head.size() + content.map(OutgoingTensor::bytes).orElse(0L);
        }
    }

    private static Piece piece(Path file, OutgoingTensor tensor, Optional<Long> offset) {
        var proto = new ProtobufBytes();
        for (long size : tensor.shape().sizes()) {
            proto.integer(1, size);
        }
        proto.integer(2, ElementType.of(tensor.dtype())).text(8, tensor.name());
        if (offset.isPresent()) {
            proto.message(13, entry("location", String.valueOf(dataBeside(file).getFileName())))
                    .message(13, entry("offset", offset.get().toString()))
                    .message(13, entry("length", Long.toString(tensor.bytes())))
                    .integer(14, 1);
            return new Piece(new ProtobufBytes().message(GRAPH_INITIALIZER, proto), Optional.empty());
        }
        proto.length(TENSOR_RAW_DATA, tensor.bytes());
        var head = new ProtobufBytes().length(GRAPH_INITIALIZER, proto.size() + tensor.bytes());
        return new Piece(head.append(proto), Optional.of(tensor));
    }

    private static ProtobufBytes entry(String key, String value) {
        return new ProtobufBytes().text(1, key).text(2, value);
    }

    /// The graph without its initializers.
    private static ProtobufBytes describe(OnnxGraph graph) {
        var proto = new ProtobufBytes();
        graph.nodes().forEach(node -> proto.message(1, describe(node)));
        proto.text(2, graph.name());
        graph.inputs().forEach(port -> proto.message(11, describe(port)));
        graph.outputs().forEach(port -> proto.message(12, describe(port)));
        return proto;
    }

    private static ProtobufBytes describe(OnnxNode node) {
        var proto = new ProtobufBytes();
        node.inputs().forEach(input -> proto.text(1, input));
        node.outputs().forEach(output -> proto.text(2, output));
        proto.text(3, node.name()).text(4, node.operator());
        node.attributes().forEach((name, attribute) -> proto.message(5, describe(name, attribute)));
        return proto;
    }

    private static ProtobufBytes describe(String name, OnnxAttribute attribute) {
        ProtobufBytes proto = new ProtobufBytes().text(1, name);
        return switch (attribute) {
            case OnnxAttribute.Real(float value) -> proto.float32(2, value).integer(20, 1);
            case OnnxAttribute.Whole(long value) -> proto.integer(3, value).integer(20, 2);
            case OnnxAttribute.Text(String value) -> proto.text(4, value).integer(20, 3);
            case OnnxAttribute.Wholes(List<Long> values) -> {
                values.forEach(value -> proto.integer(8, value));
                yield proto.integer(20, 7);
            }
            case OnnxAttribute.Unread(long type) ->
                throw new IllegalArgumentException("attribute '" + name + "' of type " + type + " was never read");
        };
    }

    private static ProtobufBytes describe(OnnxPort port) {
        var shape = new ProtobufBytes();
        for (OnnxDim dim : port.dims()) {
            shape.message(
                    1,
                    switch (dim) {
                        case OnnxDim.Fixed(long size) -> new ProtobufBytes().integer(1, size);
                        case OnnxDim.Symbolic(String name) -> new ProtobufBytes().text(2, name);
                    });
        }
        ProtobufBytes tensor =
                new ProtobufBytes().integer(1, ElementType.of(port.dtype())).message(2, shape);
        return new ProtobufBytes().text(1, port.name()).message(2, new ProtobufBytes().message(1, tensor));
    }
}
