package dev.cortado.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.Storage;
import dev.cortado.tensor.Device;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.text.gguf.GgmlType;
import dev.cortado.text.gguf.Gguf;
import dev.cortado.text.gguf.GgufOutgoing;
import dev.cortado.text.gguf.GgufScalar;
import dev.cortado.text.gguf.GgufValue;
import dev.cortado.text.gguf.GgufWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that lie are refused with one line that names them.
@ExtendWith(StrictScopes.class)
class GgufHostileModelTest {
    @TempDir
    private Path folder;

    private Path good;

    @BeforeEach
    void write() throws IOException {
        good = folder.resolve("good.gguf");
        write("mixtral", good);
    }

    private void write(String name, Path file) throws IOException {
        ModelSpec spec = TinyModels.small(name);
        try (var model = TinyModels.model(spec, 1);
                var weights = TinyModels.saved(model, folder.resolve("weights.safetensors"))) {
            GgufModelWriter.write(file, spec, weights, GgufModelWriter.Options.of(GgmlType.Q8_0));
        }
    }

    static Stream<Arguments> lies() {
        GgufValue billions = GgufValue.uint32(1L << 31);
        GgufValue text = new GgufValue.Text("four");
        return Stream.of(
                Arguments.of("general.architecture", new GgufValue.Text("rwkv\n7"), "not known here; known are bert"),
                Arguments.of("general.architecture", GgufValue.uint32(3), "not text"),
                Arguments.of("llama.block_count", billions, "2147483648"),
                Arguments.of("llama.block_count", GgufValue.uint32(1 << 20), "layers"),
                Arguments.of("llama.block_count", GgufValue.uint32(3), "lacks tensor 'blk.2."),
                Arguments.of("llama.block_count", GgufValue.uint32(0), "layers"),
                Arguments.of("llama.block_count", text, "not a whole number"),
                Arguments.of("llama.attention.head_count", GgufValue.uint32(0), "0 heads"),
                Arguments.of("llama.attention.head_count", billions, "2147483648"),
                Arguments.of("llama.attention.head_count", GgufValue.uint32(3), ""),
                Arguments.of("llama.attention.head_count_kv", GgufValue.uint32(0), "kvHeads 0"),
                Arguments.of("llama.attention.key_length", GgufValue.uint32(1 << 25), ""),
                Arguments.of("llama.attention.key_length", GgufValue.uint32(0), "0 channels"),
                Arguments.of("llama.embedding_length", GgufValue.uint32(64), ""),
                Arguments.of("llama.embedding_length", GgufValue.uint32(1 << 26), ""),
                Arguments.of("llama.feed_forward_length", GgufValue.uint32(1 << 26), "where the configuration says"),
                Arguments.of("llama.expert_count", GgufValue.uint32(1 << 26), "experts"),
                Arguments.of("llama.expert_count", GgufValue.uint32(0), ""),
                Arguments.of("llama.expert_used_count", GgufValue.uint32(9), "9 of 4 experts"),
                Arguments.of("llama.context_length", GgufValue.uint32(0), ""),
                Arguments.of("llama.rope.freq_base", GgufValue.float32(Double.NaN), "NaN"),
                Arguments.of("llama.rope.freq_base", GgufValue.float32(-1), "theta"),
                Arguments.of("llama.rope.dimension_count", GgufValue.uint32(2), "channels turn"),
                Arguments.of("llama.rope.scaling.type", new GgufValue.Text("spiral"), "spiral"),
                Arguments.of("llama.attention.layer_norm_rms_epsilon", GgufValue.float32(Double.POSITIVE_INFINITY), ""),
                Arguments.of("llama.attention.head_count_kv", GgufValue.int32s(1, 2), "differs between layers"));
    }

    @ParameterizedTest
    @MethodSource
    void lies(String key, GgufValue value, String part) throws IOException {
        refused(changed(metadata -> metadata.put(key, value)), part);
    }

    static Stream<String> needed() {
        return Stream.of(
                "general.architecture",
                "llama.block_count",
                "llama.context_length",
                "llama.embedding_length",
                "llama.feed_forward_length",
                "llama.attention.head_count",
                "llama.attention.layer_norm_rms_epsilon");
    }

    @ParameterizedTest
    @MethodSource
    void needed(String key) throws IOException {
        refused(changed(metadata -> metadata.remove(key)), "lacks metadata '" + key + "'");
    }

    @Test
    void endsBeyondTheVocabulary() throws IOException {
        Path file = changed(
                metadata -> metadata.put("tokenizer.ggml.eos_token_id", new GgufValue.Whole(GgufScalar.INT32, -1)));
        try (var read = GgufModelFile.open(file)) {
            assertThatIllegalArgumentException().isThrownBy(read::ends).withMessageContaining("no id from 0 to");
        }
    }

    @Test
    void noFile() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> GgufModelFile.open(folder.resolve("none.gguf")));
    }

    private interface Change {
        void of(Map<String, GgufValue> metadata);
    }

    private Path changed(Change change) throws IOException {
        Path file = folder.resolve("changed.gguf");
        try (var arena = Arena.ofConfined()) {
            Gguf read = Gguf.open(good, arena);
            SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>(read.metadata());
            change.of(metadata);
            List<GgufOutgoing> tensors = new ArrayList<>();
            read.tensors().forEach(t -> tensors.add(GgufOutgoing.of(t.name(), t.shape(), t.type(), read.data(t))));
            GgufWriter.write(file, metadata, tensors);
        }
        return file;
    }

    private static void refused(Path file, String part) {
        for (Storage storage : Storage.values()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> GgufModelFile.open(file, Device.CPU, storage).close())
                    .withMessageContaining(file.toString())
                    .withMessageContaining(part)
                    .matches(e -> !e.getMessage().contains("\n"));
        }
    }

    /// Any bytes give a model or one error of one line.
    @ParameterizedTest
    @MethodSource
    void mutated(String name) throws IOException {
        Path original = folder.resolve("original.gguf");
        write(name, original);
        byte[] bytes = Files.readAllBytes(original);
        int head = (int) headLength(original);
        Path file = folder.resolve("mutated.gguf");
        Seeds.repeat(400, random -> {
            byte[] changed = bytes.clone();
            int changes = random.nextInt(1, 4);
            for (int i = 0; i < changes; i++) {
                int at = random.nextInt(10) == 0 ? random.nextInt(changed.length) : random.nextInt(head);
                changed[at] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : changed[at] ^ (1 << random.nextInt(8)));
            }
            Files.write(file, changed);
            Storage storage = List.of(Storage.values()).get(random.nextInt(4));
            try {
                GgufModelFile.open(file, Device.CPU, storage).close();
            } catch (IllegalArgumentException refused) {
                assertThat(refused.getMessage()).contains(file.toString()).doesNotContain("\n");
            }
        });
    }

    static Stream<String> mutated() {
        return Stream.of("llama", "mixtral", "gpt2", "bloom", "phi3");
    }

    private static long headLength(Path file) throws IOException {
        try (var arena = Arena.ofConfined()) {
            Gguf read = Gguf.open(file, arena);
            return Files.size(file)
                    - read.tensors().stream()
                            .mapToLong(t -> (t.bytes() + 31) & -32)
                            .sum();
        }
    }
}
