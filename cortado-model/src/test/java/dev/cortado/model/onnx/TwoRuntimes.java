package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.cortado.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// A file run by ONNX Runtime and by [OnnxEvaluator], which must agree on every output of every call.
final class TwoRuntimes implements AutoCloseable {
    private final OnnxRuntimeOracle oracle;
    private final OnnxFile file;
    private final OnnxEvaluator evaluator;

    private TwoRuntimes(OnnxRuntimeOracle oracle, OnnxFile file) {
        this.oracle = oracle;
        this.file = file;
        this.evaluator = new OnnxEvaluator(file);
    }

    static TwoRuntimes open(Path file) throws OrtException, IOException {
        var runtimes = new TwoRuntimes(OnnxRuntimeOracle.open(file), OnnxFile.open(file));
        assertThat(runtimes.evaluator.inputs().keySet()).isEqualTo(runtimes.oracle.inputs());
        return runtimes;
    }

    Set<String> inputs() {
        return oracle.inputs();
    }

    Set<String> outputs() {
        return oracle.outputs();
    }

    long[] sizes(String input) throws OrtException {
        return oracle.sizes(input);
    }

    /// ONNX Runtime's results.
    Map<String, Tensor> run(Map<String, Tensor> inputs) throws OrtException {
        Map<String, Tensor> theirs = oracle.run(inputs);
        Map<String, Tensor> ours = evaluator.run(inputs);
        assertThat(ours.keySet()).containsExactlyElementsOf(theirs.keySet());
        theirs.forEach((name, expected) -> {
            try {
                assertTensor(Objects.requireNonNull(ours.get(name)))
                        .hasDtype(expected.dtype())
                        .isCloseTo(expected, 1e-4, 1e-4);
            } catch (AssertionError e) {
                throw new AssertionError("output " + name + " of our evaluator: " + e.getMessage(), e);
            }
        });
        return theirs;
    }

    @Override
    public void close() throws OrtException {
        file.close();
        oracle.close();
    }
}
