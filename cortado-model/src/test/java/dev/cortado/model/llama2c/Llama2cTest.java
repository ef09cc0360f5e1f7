package dev.cortado.model.llama2c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cortado.model.arch.LlamaConfig;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.testkit.SharedData;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class Llama2cTest {
    private static final int WIDTH = 8;
    private static final int HIDDEN = 12;
    private static final int LAYERS = 2;
    private static final int HEADS = 2;
    private static final int KV_HEADS = 1;
    private static final int CHANNELS = 4;
    private static final int VOCAB = 5;
    private static final int CONTEXT = 6;
    private static final int GROUP = 4;

    @TempDir
    Path folder;

    /// The published model, converted by others to the Hugging Face layout, bit for bit.
    @Test
    void theStoriesModelIsItsConversion() throws IOException {
        Path folder = SharedData.require("models/stories260k");
        try (Llama2c checkpoint = Llama2c.open(folder.resolve("stories260K.bin"));
                WeightSource converted = ModelWeights.open(folder.resolve("hf"))) {
            assertThat(checkpoint.spec())
                    .isEqualTo(LlamaConfig.read(ConfigFile.read(folder.resolve("hf/config.json"))));
            assertThat(checkpoint.names()).containsExactlyInAnyOrderElementsOf(converted.names());
            for (String name : converted.names()) {
                StoredTensor expected = converted.find(name).orElseThrow();
                StoredTensor actual = checkpoint.find(name).orElseThrow();
                assertThat(actual.dtype()).as(name).isEqualTo(expected.dtype());
                assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
                assertThat(actual.bytes().mismatch(expected.bytes())).as(name).isEqualTo(-1);
            }
        }
    }

    /// Random tensors in the Hugging Face layout.
    private static Map<String, float[]> tensors(Random random, boolean tied) {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        tensors.put("model.embed_tokens.weight", random(random, VOCAB * WIDTH));
        for (int layer = 0; layer < LAYERS; layer++) {
            String at = "model.layers." + layer + ".";
            tensors.put(at + "input_layernorm.weight", random(random, WIDTH));
            tensors.put(at + "self_attn.q_proj.weight", random(random, WIDTH * WIDTH));
            tensors.put(at + "self_attn.k_proj.weight", random(random, KV_HEADS * CHANNELS * WIDTH));
            tensors.put(at + "self_attn.v_proj.weight", random(random, KV_HEADS * CHANNELS * WIDTH));
            tensors.put(at + "self_attn.o_proj.weight", random(random, WIDTH * WIDTH));
            tensors.put(at + "post_attention_layernorm.weight", random(random, WIDTH));
            tensors.put(at + "mlp.gate_proj.weight", random(random, HIDDEN * WIDTH));
            tensors.put(at + "mlp.down_proj.weight", random(random, WIDTH * HIDDEN));
            tensors.put(at + "mlp.up_proj.weight", random(random, HIDDEN * WIDTH));
        }
        tensors.put("model.norm.weight", random(random, WIDTH));
        if (!tied) {
            tensors.put("lm_head.weight", random(random, VOCAB * WIDTH));
        }
        return tensors;
    }

    private static float[] random(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    /// The rows as Meta has them: pair i of a head is rows 2i and 2i + 1, in Hugging Face's order i and i + C/2.
    private static float[] metaOrder(float[] rows) {
        float[] turned = new float[rows.length];
        for (int head = 0; head < rows.length / WIDTH / CHANNELS; head++) {
            for (int pair = 0; pair < CHANNELS / 2; pair++) {
                for (int part = 0; part < 2; part++) {
                    int from = head * CHANNELS + part * CHANNELS / 2 + pair;
                    int to = head * CHANNELS + 2 * pair + part;
                    System.arraycopy(rows, from * WIDTH, turned, to * WIDTH, WIDTH);
                }
            }
        }
        return turned;
    }

    /// Writes checkpoints as `export.py` does; quantised tensors are rounded in place.
    private static final class Exporter {
        private final ByteBuffer file = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        private final Map<String, float[]> tensors;
        private final int version;

        Exporter(Map<String, float[]> tensors, int version) {
            this.tensors = tensors;
            this.version = version;
        }

        byte[] export() {
            boolean tied = !tensors.containsKey("lm_head.weight");
            if (version > 0) {
                file.putInt(0x616b3432).putInt(version);
            }
            int vocab = version == 0 && !tied ? -VOCAB : VOCAB;
            for (int number : new int[] {WIDTH, HIDDEN, LAYERS, HEADS, KV_HEADS, vocab, CONTEXT}) {
                file.putInt(number);
            }
            if (version == 0) {
                matrix("model.embed_tokens.weight");
                layers("input_layernorm");
                attention();
                layers("post_attention_layernorm");
                feedForward();
                norm("model.norm.weight");
                file.position(file.position() + CONTEXT * CHANNELS * 4);
            } else {
                file.put((byte) (tied ? 1 : 0));
                if (version == 2) {
                    file.putInt(GROUP);
                }
                file.position(256);
                layers("input_layernorm");
                layers("post_attention_layernorm");
                norm("model.norm.weight");
                matrix("model.embed_tokens.weight");
                attention();
                feedForward();
            }
            if (!tied) {
                matrix("lm_head.weight");
            }
            return Arrays.copyOf(file.array(), file.position());
        }

        private void attention() {
            for (String kind : new String[] {"q_proj", "k_proj", "v_proj", "o_proj"}) {
                layers("self_attn." + kind);
            }
        }

        private void feedForward() {
            for (String kind : new String[] {"gate_proj", "down_proj", "up_proj"}) {
                layers("mlp." + kind);
            }
        }

        private void layers(String kind) {
            for (int layer = 0; layer < LAYERS; layer++) {
                String name = "model.layers." + layer + "." + kind + ".weight";
                if (kind.contains("norm")) {
                    norm(name);
                } else {
                    matrix(name);
                }
            }
        }

        private void norm(String name) {
            floats(tensors.get(name));
        }

        private void matrix(String name) {
            boolean turned = name.contains("q_proj") || name.contains("k_proj");
            float[] values = tensors.get(name);
            if (version < 2) {
                floats(turned ? metaOrder(values) : values);
                return;
            }
            // Groups lie within rows, so that turning rows does not change them.
            float[] scales = new float[values.length / GROUP];
            float[] quanta = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                int group = i / GROUP * GROUP;
                float largest = 0;
                for (int j = group; j < group + GROUP; j++) {
                    largest = Math.max(largest, Math.abs(values[j]));
                }
                scales[i / GROUP] = largest / 127;
                quanta[i] = Math.round(values[i] / scales[i / GROUP]);
            }
            float[] repeated = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                repeated[i] = scales[i / GROUP];
            }
            float[] written = turned ? metaOrder(quanta) : quanta;
            float[] scale = turned ? metaOrder(repeated) : repeated;
            for (float quantum : written) {
                file.put((byte) quantum);
            }
            for (int i = 0; i < scale.length; i += GROUP) {
                file.putFloat(scale[i]);
            }
            for (int i = 0; i < values.length; i++) {
                values[i] = quanta[i] * repeated[i];
            }
        }

        private void floats(float[] values) {
            for (float value : values) {
                file.putFloat(value);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void everyVersionIsRead(int version) throws IOException {
        for (boolean tied : new boolean[] {true, false}) {
            Map<String, float[]> tensors = tensors(new Random(version), tied);
            Path file = Files.write(folder.resolve("model.bin"), new Exporter(tensors, version).export());
            try (Llama2c checkpoint = Llama2c.open(file)) {
                assertThat(checkpoint.spec())
                        .isEqualTo(new LlamaSpec(
                                VOCAB, CONTEXT, WIDTH, LAYERS, HEADS, KV_HEADS, CHANNELS, HIDDEN, 1e-5, 10_000, tied));
                assertThat(checkpoint.names()).containsExactlyInAnyOrderElementsOf(tensors.keySet());
                tensors.forEach((name, expected) -> {
                    StoredTensor tensor = checkpoint.find(name).orElseThrow();
                    assertThat(tensor.dtype()).isEqualTo(DType.F32);
                    assertThat(tensor.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                            .as(name)
                            .isEqualTo(expected);
                });
                assertThat(checkpoint
                                .find("model.layers.1.mlp.down_proj.weight")
                                .orElseThrow()
                                .shape())
                        .isEqualTo(Shape.of(WIDTH, HIDDEN));
                assertThat(checkpoint.find("freqs")).isEmpty();
            }
        }
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                arguments(0, 0, 0, "dim 0"),
                arguments(0, 0, -8, "dim -8"),
                arguments(0, 0, 7, "dim 7"),
                arguments(0, 4, 0, "hiddenWidth 0 is not positive"),
                arguments(0, 4, -1, "hiddenWidth -1 is not positive"),
                arguments(0, 4, Integer.MAX_VALUE, "header asks for"),
                arguments(0, 8, 0, "layers 0 is not positive"),
                arguments(0, 8, Integer.MIN_VALUE, "is not positive"),
                arguments(0, 8, Integer.MAX_VALUE, "n_layers 2147483647"),
                arguments(0, 8, 3, "header asks for"),
                arguments(0, 12, 0, "n_heads 0"),
                arguments(0, 12, -2, "n_heads -2"),
                arguments(0, 12, 8, "headDim 1 is not a positive even number"),
                arguments(0, 16, 0, "kvHeads 0"),
                arguments(0, 16, -1, "kvHeads -1"),
                arguments(0, 20, 0, "vocabSize 0"),
                arguments(0, 20, Integer.MIN_VALUE, "vocabSize -2147483648"),
                arguments(0, 20, Integer.MAX_VALUE, "header asks for"),
                arguments(0, 24, 0, "contextLength 0"),
                arguments(0, 24, Integer.MAX_VALUE, "header asks for"),
                arguments(1, 4, 3, "version 3"),
                arguments(1, 4, -1, "version -1"),
                arguments(1, 28, -5, "vocabSize -5"),
                arguments(1, 36, 2, "shared_classifier 2"),
                arguments(2, 37, 0, "groups of 0"),
                arguments(2, 37, -4, "groups of -4"),
                arguments(2, 37, 3, "not whole groups of 3"),
                arguments(2, 37, 8, "header asks for"));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void hostileHeadersAreRefused(int version, int at, int value, String complaint) throws IOException {
        byte[] bytes = new Exporter(tensors(new Random(1), true), version).export();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        refused(bytes, complaint);
    }

    private void refused(byte[] bytes, String complaint) throws IOException {
        Path file = Files.write(folder.resolve("hostile.bin"), bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Llama2c.open(file).close())
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(complaint)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    /// All numbers at their largest: no product may wrap around into something small.
    @Test
    void productsDoNotOverflow() throws IOException {
        byte[] bytes = new byte[28];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1 << 30)
                .putInt(1 << 30)
                .putInt(4096)
                .putInt(1 << 29)
                .putInt(1 << 29)
                .putInt(1 << 30)
                .putInt(1 << 30);
        refused(bytes, "more numbers than any file holds");
    }

    @Test
    void cutAndLongerFilesAreRefused() throws IOException {
        for (int version = 0; version < 3; version++) {
            byte[] whole = new Exporter(tensors(new Random(1), false), version).export();
            for (int length = 0; length < whole.length; length += length < 64 ? 1 : 197) {
                refused(Arrays.copyOf(whole, length), "");
            }
            refused(Arrays.copyOf(whole, whole.length + 1), "header asks for " + whole.length);
        }
        Path missing = folder.resolve("missing.bin");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Llama2c.open(missing).close());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Llama2c.open(folder).close())
                .withMessageContaining("is not a regular file");
    }

    @Test
    void damagedHeadersAreReadOrRefused() throws IOException {
        Path file = folder.resolve("fuzz.bin");
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int version = random.nextInt(3);
            byte[] bytes = new Exporter(tensors(random, true), version).export();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                bytes[random.nextInt(version == 0 ? 28 : 45)] = (byte) random.nextInt();
            }
            Files.write(file, bytes);
            try (Llama2c checkpoint = Llama2c.open(file)) {
                for (String name : checkpoint.names()) {
                    assertThat(checkpoint.find(name)).isPresent();
                }
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage().lines()).as("seed " + seed).hasSize(1);
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
    }
}
