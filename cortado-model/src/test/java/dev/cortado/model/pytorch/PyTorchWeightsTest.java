package dev.cortado.model.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.model.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PyTorchWeightsTest {
    private static final String INDEX = "pytorch_model.bin.index.json";

    @TempDir
    Path folder;

    private void shard(String file, String... names) throws IOException {
        var pickle = new PickleWriter().op('}', '(');
        for (String name : names) {
            pickle.text(name).tensor("FloatStorage", "0", 1, 0, new long[] {1}, 1);
        }
        Files.write(
                folder.resolve(file), TorchFiles.zip(pickle.op('u').stopped(), TorchFiles.storages("0", new float[] {
                    names[0].hashCode()
                })));
    }

    private void index(String... namesAndFiles) throws IOException {
        var map = new StringBuilder();
        for (int i = 0; i < namesAndFiles.length; i += 2) {
            map.append(i > 0 ? "," : "").append("\"%s\":\"%s\"".formatted(namesAndFiles[i], namesAndFiles[i + 1]));
        }
        Files.writeString(folder.resolve(INDEX), "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + map + "}}");
    }

    private void refused(String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PyTorchWeights.open(folder).close())
                .withMessageContaining(complaint);
    }

    @Test
    void shardsAreOneSource() throws IOException {
        assertThat(PyTorchWeights.in(folder)).isFalse();
        shard("pytorch_model-00001-of-00002.bin", "a", "c");
        shard("pytorch_model-00002-of-00002.bin", "b");
        index(
                "a",
                "pytorch_model-00001-of-00002.bin",
                "b",
                "pytorch_model-00002-of-00002.bin",
                "c",
                "pytorch_model-00001-of-00002.bin");
        assertThat(PyTorchWeights.in(folder)).isTrue();
        try (WeightSource weights = PyTorchWeights.open(folder)) {
            assertThat(weights.path()).isEqualTo(folder);
            assertThat(weights.names()).containsExactly("a", "b", "c");
            assertThat(weights.find("b").orElseThrow().bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0))
                    .isEqualTo("b".hashCode());
            assertThat(weights.find("d")).isEmpty();
        }
        shard("pytorch_model.bin", "whole");
        try (WeightSource weights = PyTorchWeights.open(folder)) {
            assertThat(weights.names()).containsExactly("whole");
        }
    }

    @Test
    void whatDoesNotFitTheIndexIsRefused() throws IOException {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> PyTorchWeights.open(folder).close())
                .withMessageContaining("holds neither pytorch_model.bin");
        index("a", "one.bin");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> PyTorchWeights.open(folder).close())
                .withMessageContaining("one.bin: named by");
        shard("one.bin", "b");
        refused("one.bin: lacks tensor 'a'");
        shard("one.bin", "a", "b");
        refused("one.bin: holds tensor 'b'");
        index("a", "../one.bin");
        refused("not a plain name of a .bin file");
        index("a", "one.safetensors");
        refused("not a plain name of a .bin file");
        index("a", ".bin");
        refused("not a plain name of a .bin file");
    }
}
