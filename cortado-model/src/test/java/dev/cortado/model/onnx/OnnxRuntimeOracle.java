package dev.cortado.model.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// A file run by ONNX Runtime: tensors in, tensors out, by their names.
///
/// F32, I64 and BOOL tensors on the CPU are understood. Results belong to the innermost scope.
public final class OnnxRuntimeOracle implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    private OnnxRuntimeOracle(Path file) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = environment.createSession(file.toString(), options);
        }
    }

    /// Loads a file with the external data beside it.
    public static OnnxRuntimeOracle open(Path file) throws OrtException {
        return new OnnxRuntimeOracle(file);
    }

    /// Names of the graph's inputs and outputs.
    public Set<String> inputs() {
        return session.getInputNames();
    }

    /// Names of the graph's outputs.
    public Set<String> outputs() {
        return session.getOutputNames();
    }

    /// The shape of an input, with −1 for sizes that are free.
    public long[] sizes(String input) throws OrtException {
        return ((TensorInfo) Objects.requireNonNull(session.getInputInfo().get(input))
                        .getInfo())
                .getShape();
    }

    /// All results for these inputs.
    public Map<String, Tensor> run(Map<String, Tensor> inputs) throws OrtException {
        Map<String, OnnxTensorLike> given = new HashMap<>();
        try {
            for (var input : inputs.entrySet()) {
                given.put(input.getKey(), tensor(input.getValue().contiguous()));
            }
            Map<String, Tensor> results = new LinkedHashMap<>();
            try (OrtSession.Result result = session.run(given)) {
                for (var output : result) {
                    results.put(output.getKey(), tensor((OnnxTensor) output.getValue()));
                }
            }
            return results;
        } finally {
            given.values().forEach(OnnxTensorLike::close);
        }
    }

    private OnnxTensor tensor(Tensor tensor) throws OrtException {
        int length = (int) tensor.count() * tensor.dtype().bytes();
        ByteBuffer bytes = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
        if (length > 0) { // an empty tensor has no memory
            MemorySegment.ofBuffer(bytes).copyFrom(tensor.bytes());
        }
        long[] sizes = tensor.shape().sizes();
        return switch (tensor.dtype()) {
            case F32 -> OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), sizes);
            case I64 -> OnnxTensor.createTensor(environment, bytes.asLongBuffer(), sizes);
            case BOOL -> OnnxTensor.createTensor(environment, bytes, sizes, OnnxJavaType.BOOL);
            default -> throw new IllegalArgumentException("not for " + tensor.describe());
        };
    }

    private static Tensor tensor(OnnxTensor tensor) {
        Shape shape = Shape.of(tensor.getInfo().getShape());
        DType dtype = switch (tensor.getInfo().type) {
            case FLOAT -> DType.F32;
            case INT64 -> DType.I64;
            case BOOL -> DType.BOOL;
            default -> throw new IllegalArgumentException("not for " + tensor.getInfo());
        };
        return shape.count() == 0
                ? Tensors.zeros(shape, dtype, Device.CPU)
                : Tensors.copyOf(MemorySegment.ofBuffer(tensor.getByteBuffer()), dtype, shape);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
