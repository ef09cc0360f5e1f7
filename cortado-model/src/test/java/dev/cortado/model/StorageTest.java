package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Matrices quantised as they are read: the model computes with the rounded numbers, whatever way they lay in files.
@ExtendWith(StrictScopes.class)
class StorageTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "oracles/llama-a, INT8, 0.05",
        "oracles/llama-a, NF4, 0.5",
        "oracles/gpt2-a, INT8, 0.05",
        "oracles/gpt2-a, NF4, 0.5",
        "oracles/mixtral-a, INT8, 0.05"
    })
    void computesWithRoundedMatrices(String name, Storage storage, double tolerance) throws IOException {
        Path original = SharedData.require(name);
        Path rounded = folder.resolve("rounded");
        try (var quantised = (CausalLm) ModelFolder.open(original, Device.CPU, storage);
                var exact = ModelFolder.openDecoder(original, Device.CPU);
                var _ = Grad.off()) {
            assertThat(quantised.parameters().quantised()).isNotEmpty();
            assertThat(quantised.parameters().count())
                    .isEqualTo(exact.parameters().count());
            // The same numbers as a plain model.
            for (QuantisedParameter matrix : quantised.parameters().quantised()) {
                assertThat(matrix.matrix().format()).isEqualTo(storage.name());
                try (var _ = Scope.open(matrix.name())) {
                    Tensor decoded = Tensors.zeros(
                            Shape.of(matrix.matrix().rows(), matrix.matrix().columns()), DType.F32, Device.CPU);
                    matrix.matrix().decode(0, matrix.matrix().rows(), decoded.bytes());
                    Tensor there = exact.parameters().list().stream()
                            .filter(p -> p.name().equals(matrix.name()))
                            .findFirst()
                            .orElseThrow()
                            .tensor();
                    boolean turned = name.contains("gpt2") && matrix.name().contains(".c_");
                    Tensor plain = turned ? there.transpose(0, 1) : there;
                    double most = Math.sqrt(plain.mul(plain).max().toDouble());
                    assertTensor(decoded)
                            .isCloseTo(
                                    plain.contiguous(), most * (storage == Storage.INT8 ? 1 / 254.0 : 0.16) + 1e-7, 0);
                    there.copyInPlace(turned ? decoded.transpose(0, 1) : decoded);
                }
            }
            Tensor ids = Tensors.of(new int[] {1, 5, 3, 9, 2, 7}, 1, 6);
            Tensor logits = quantised.forward(ids, Pass.evaluation(Device.CPU));
            assertTensor(logits).isCloseTo(exact.forward(ids, Pass.evaluation(Device.CPU)), 1e-4, 1e-4);
            ModelFolder.write(exact, new TextEnds(OptionalInt.empty(), List.of()), rounded);
        }
        try (var exact = ModelFolder.openDecoder(original, Device.CPU);
                var again = ModelFolder.openDecoder(rounded, Device.CPU);
                var _ = Grad.off()) {
            Tensor ids = Tensors.of(new int[] {1, 5, 3, 9, 2, 7}, 1, 6);
            Tensor wanted = exact.forward(ids, Pass.evaluation(Device.CPU));
            Tensor lost = again.forward(ids, Pass.evaluation(Device.CPU)).sub(wanted);
            double relative = Math.sqrt(
                    lost.mul(lost).mean().toDouble() / wanted.mul(wanted).mean().toDouble());
            assertThat(relative).isBetween(1e-5, tolerance);
        }
    }
}
