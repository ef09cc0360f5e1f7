package dev.cortado.model.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.weights.StoredTensor;
import dev.cortado.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.GenericDict;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// PyTorch's own C++ pickler and zip writer, the other half of what `torch.save` is in Python.
class LibTorchOracleTest {
    @TempDir
    Path folder;

    /// A file written here is read by PyTorch, and what PyTorch then writes is read here, equally.
    @Test
    void pyTorchReadsTheseFilesAndWritesSuch() throws IOException {
        Random random = new Random(7);
        float[] storage = new float[4096];
        for (int i = 0; i < storage.length; i++) {
            storage[i] = random.nextFloat();
        }
        Map<String, float[]> expected = new HashMap<>();
        var pickle = new PickleWriter().op('}', '(');
        for (int i = 0; i < 20; i++) {
            int rows = random.nextInt(1, 9);
            int columns = random.nextInt(1, 9);
            int offset = random.nextInt(64);
            boolean turned = random.nextBoolean();
            long[] strides = turned ? new long[] {1, rows} : new long[] {columns, 1};
            pickle.text("layer." + i)
                    .tensor("FloatStorage", "0", storage.length, offset, new long[] {rows, columns}, strides);
            float[] elements = new float[rows * columns];
            for (int e = 0; e < elements.length; e++) {
                elements[e] = storage[offset + (int) (e / columns * strides[0] + e % columns * strides[1])];
            }
            expected.put("layer." + i, elements);
        }
        byte[] ours = TorchFiles.zip(pickle.op('u').stopped(), TorchFiles.storages("0", storage));
        Path file = folder.resolve("libtorch.pt");
        try (var _ = new PointerScope()) {
            IValue read = torch.pickle_load(new ByteVector(ours));
            GenericDict dict = read.toGenericDict();
            assertThat(dict.size()).isEqualTo(20);
            for (var one : expected.entrySet()) {
                Tensor tensor = dict.at(new IValue(one.getKey())).toTensor().contiguous();
                float[] elements = new float[one.getValue().length];
                tensor.data_ptr_float().get(elements);
                assertThat(elements).as(one.getKey()).isEqualTo(one.getValue());
            }
            Files.write(file, torch.pickle_save(read).get());
        }
        try (PyTorchFile theirs = PyTorchFile.open(file)) {
            assertThat(theirs.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            assertThat(theirs.ignored()).isEmpty();
            for (var one : expected.entrySet()) {
                StoredTensor tensor = theirs.find(one.getKey()).orElseThrow();
                assertThat(tensor.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                        .as(one.getKey())
                        .isEqualTo(one.getValue());
                assertThat(tensor.shape().count()).isEqualTo(one.getValue().length);
                assertThat(tensor.shape()).isNotEqualTo(Shape.of());
            }
        }
    }
}
