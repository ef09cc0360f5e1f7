package dev.cortado.model.weights;

import static dev.cortado.model.weights.HandMade.claiming;
import static dev.cortado.model.weights.HandMade.entry;
import static dev.cortado.model.weights.HandMade.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cortado.tensor.DType;
import dev.cortado.tensor.Shape;
import dev.cortado.testkit.SharedData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private static final String A = entry("a", "F32", "[2]", "0", "8");

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        for (long seed = 0; seed < 100; seed++) {
            List<OutgoingTensor> tensors = HandMade.tensors(new Random(seed));
            Path file = folder.resolve("model.safetensors");
            Map<String, String> metadata = seed % 2 == 0 ? Map.of() : Map.of("format", "pt", "née\n", "\"ü\"");
            SafetensorsWriter.write(file, tensors, metadata);
            try (Safetensors read = Safetensors.open(file)) {
                String run = "seed " + seed;
                assertThat(read.metadata()).as(run).isEqualTo(metadata);
                assertThat(read.names())
                        .as(run)
                        .containsExactlyInAnyOrderElementsOf(
                                tensors.stream().map(OutgoingTensor::name).toList());
                for (OutgoingTensor tensor : tensors) {
                    StoredTensor stored = read.find(tensor.name()).orElseThrow();
                    assertThat(stored.dtype()).as(run).isEqualTo(tensor.dtype());
                    assertThat(stored.shape()).as(run).isEqualTo(tensor.shape());
                    assertThat(stored.bytes().toArray(ValueLayout.JAVA_BYTE))
                            .as(run)
                            .isEqualTo(HandMade.content(tensor));
                    assertThat(stored.bytes().address() % tensor.dtype().bytes())
                            .as(run)
                            .isZero();
                }
            }
            assertThat(HandMade.names(folder)).containsExactly("model.safetensors");
        }
    }

    @Test
    void theLayoutIsTheReferenceImplementations() throws IOException {
        Path file = folder.resolve("x.safetensors");
        SafetensorsWriter.write(
                file,
                List.of(
                        OutgoingTensor.of("b", DType.U8, Shape.of(3), MemorySegment.ofArray(new byte[] {1, 2, 3})),
                        OutgoingTensor.of("z", DType.F32, Shape.of(), MemorySegment.ofArray(new float[] {1})),
                        OutgoingTensor.of("a", DType.F32, Shape.of(1, 0), MemorySegment.ofArray(new byte[0])),
                        OutgoingTensor.of("i", DType.I64, Shape.of(1), MemorySegment.ofArray(new long[] {7}))));
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,0],\"data_offsets\":[8,8]},"
                + "\"z\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[12,15]}}";
        String padded = header + " ".repeat((8 - header.length() % 8) % 8);
        ByteBuffer expected = ByteBuffer.wrap(file(padded, 15)).order(ByteOrder.LITTLE_ENDIAN);
        expected.position(8 + padded.length());
        expected.putLong(7).putFloat(1).put(new byte[] {1, 2, 3});
        assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
    }

    @Test
    void rangesMayComeInAnyOrderAndWithPadding() throws IOException {
        String header = "{" + entry("last", "BF16", "[2,1]", "8", "12") + "," + entry("none", "F32", "[0]", "8", "8")
                + "," + A + "}   ";
        try (Safetensors read = Safetensors.open(HandMade.write(folder, "x", file(header, 12)))) {
            assertThat(read.names()).containsExactly("last", "none", "a");
            assertThat(read.find("last").orElseThrow().shape()).isEqualTo(Shape.of(2, 1));
            assertThat(read.metadata()).isEmpty();
        }
    }

    static Stream<Arguments> lies() {
        byte[] header = ("{" + A + "}").getBytes(UTF_8);
        byte[] broken = ("{\"\u00e9\":" + A.substring(4) + "}").getBytes(UTF_8);
        broken[3] = '?'; // the second byte of é
        String huge = "1152921504606846976"; // 2^60
        return Stream.of(
                arguments("empty", new byte[0], "0 bytes are too few"),
                arguments("cut in the length", new byte[7], "7 bytes are too few"),
                arguments("cut in the header", Arrays.copyOf(file("{" + A + "}", 8), 20), "truncated"),
                arguments("length beyond the file", claiming(header.length + 9, header, 8), "truncated"),
                arguments("length absurd", claiming(100_000_001, header, 8), "limit of 100000000"),
                arguments("length over 2^63", claiming(-2, header, 8), "18446744073709551614"),
                arguments("length zero", claiming(0, header, 8), "'{'"),
                arguments("not JSON", file("hello, world", 8), "'{'"),
                arguments("space first", file(" {" + A + "}", 8), "'{'"),
                arguments("JSON ends early", file("{" + A, 8), "malformed JSON"),
                arguments("JSON twice", file("{" + A + "}{}", 8), "more text after the end"),
                arguments("padded with zeros", file("{" + A + "}\0\0", 8), "malformed JSON"),
                arguments("UTF-16", claiming(4, "{\0}\0".getBytes(UTF_8), 0), "malformed JSON"),
                arguments("not UTF-8", claiming(broken.length, broken, 8), "malformed JSON"),
                arguments("nested deep", file("{\"a\":" + "[".repeat(100_000), 8), "must be an object"),
                arguments("tensor not an object", file("{\"a\":3}", 8), "tensor 'a' must be an object"),
                arguments("duplicate tensor", file("{" + A + "," + A + "}", 8), "duplicate tensor 'a'"),
                arguments("escaped duplicate", file("{" + A + ",\"\\u0061\"" + A.substring(3) + "}", 8), "duplicate"),
                arguments(
                        "half a character",
                        file("{" + entry("\\ud800", "F32", "[2]", "0", "8") + "}", 8),
                        "malformed JSON"),
                arguments(
                        "duplicate key",
                        file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
                        "'dtype' is given twice"),
                arguments(
                        "unknown key",
                        file("{\"a\":{\"scale\":2,\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
                        "'scale' is not a key"),
                arguments("no dtype", file("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8), "'a' lacks dtype"),
                arguments(
                        "no shape",
                        file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8),
                        "lacks dtype, shape"),
                arguments("no offsets", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8), "or data_offsets"),
                arguments(
                        "three offsets",
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", 8),
                        "more than 2 numbers"),
                arguments(
                        "one offset",
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]}}", 8),
                        "not [begin, end]"),
                arguments("dtype unsupported", one("U16", "[4]", "0", "8"), "tensor 'a' has dtype 'U16', which is not"),
                arguments("dtype unknown", one("F33", "[2]", "0", "8"), "dtype 'F33', which the format does not know"),
                arguments("dtype in small letters", one("f32", "[2]", "0", "8"), "dtype 'f32'"),
                arguments("size negative", one("F32", "[-2]", "0", "8"), "'-2' instead of an integer"),
                arguments("size a fraction", one("F32", "[2.0]", "0", "8"), "'2.0' instead of an integer"),
                arguments("size a string", one("F32", "[\"2\"]", "0", "8"), "instead of an integer"),
                arguments("size over 2^63", one("F32", "[9223372036854775808]", "0", "8"), "instead of an integer"),
                arguments("sizes overflow", one("F32", "[" + huge + "," + huge + "]", "0", "8"), "too many elements"),
                // 2^61 elements of 8 bytes: in 64 bits their product is 0
                arguments("bytes overflow", one("F64", "[" + huge + ",2]", "0", "0"), "takes another number"),
                arguments("ranks", one("F32", "[1" + ",1".repeat(64) + "]", "0", "4"), "more than 64 numbers"),
                arguments("begin after end", one("F32", "[2]", "8", "0"), "not [begin, end]"),
                arguments("end beyond the file", one("F32", "[3]", "0", "12"), "ends at byte 12 of the data"),
                arguments("shape too small", one("F32", "[1]", "0", "8"), "tensor 'a'"),
                arguments("shape too large", one("F32", "[3]", "0", "8"), "hold 8 bytes, but F32 [3]"),
                arguments(
                        "overlap",
                        file("{" + A + "," + entry("b", "U8", "[4]", "4", "8") + "}", 8),
                        "tensor 'b' begins"),
                arguments("same range", file("{" + A + "," + entry("b", "I64", "[1]", "0", "8") + "}", 8), "overlaps"),
                arguments(
                        "hole", file("{" + A + "," + entry("b", "U8", "[4]", "12", "16") + "}", 16), "hole of 4 bytes"),
                arguments("hole at the start", one("F32", "[1]", "4", "8"), "hole of 4 bytes before tensor 'a'"),
                arguments("trailing bytes", file("{" + A + "}", 9), "1 bytes after the last tensor"),
                arguments("data without tensors", file("{}", 3), "3 bytes after the last tensor"),
                arguments(
                        "metadata not an object", file("{\"__metadata__\":null}", 0), "__metadata__ must be an object"),
                arguments(
                        "metadata not text", file("{\"__metadata__\":{\"n\":1}}", 0), "value of 'n' must be a string"),
                arguments(
                        "metadata twice",
                        file("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                        "duplicate __metadata__"),
                arguments(
                        "metadata key twice",
                        file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"}}", 0),
                        "duplicate key 'k'"));
    }

    private static byte[] one(String dtype, String shape, String begin, String end) {
        return file("{" + entry("a", dtype, shape, begin, end) + "}", 8);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void everyLieIsRefusedInOneLine(String name, byte[] bytes, String complaint) throws IOException {
        Path file = HandMade.write(folder, name + ".safetensors", bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.open(file).close())
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(complaint)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void hostileNamesDoNotBreakTheLine() throws IOException {
        String name = "x\\n\\u001b[31m\\u2028" + "y".repeat(10_000);
        Path file = HandMade.write(folder, "x", file("{" + entry(name, "F99", "[]", "0", "8") + "}", 8));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.open(file).close())
                .withMessageContaining("'x??[31m?yyy")
                .satisfies(e -> assertThat(e.getMessage())
                        .hasSizeLessThan(file.toString().length() + 400));
    }

    @Test
    void viewsAreReadOnlyAndDieWithTheFile() throws IOException {
        Safetensors read = Safetensors.open(HandMade.write(folder, "x", file("{" + A + "}", 8)));
        MemorySegment bytes = read.find("a").orElseThrow().bytes();
        assertThat(bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4)).isZero();
        assertThat(bytes.isReadOnly()).isTrue();
        assertThat(read.find("b")).isEmpty();
        read.close();
        read.close();
        assertThatThrownBy(() -> bytes.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMissingFileAndAFolderAreToldApart() {
        assertThatThrownBy(() -> Safetensors.open(folder.resolve("none")).close())
                .isInstanceOf(NoSuchFileException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.open(folder).close())
                .withMessageContaining("not a regular file");
    }

    /// 5 GB that the disk does not hold: reading them, or a copy on the heap, would show.
    @Test
    void aTensorOverFourGigabytesOpensAtOnce() throws IOException {
        long elements = 1_250_000_000L;
        String header = "{" + entry("big", "F32", "[2," + elements / 2 + "]", "0", "" + 4 * elements) + "}";
        byte[] start = file(header, 0);
        Path file = folder.resolve("sparse.safetensors");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(start);
            sparse.setLength(start.length + 4 * elements);
            sparse.seek(start.length + 4 * elements - 1);
            sparse.write(0x40); // the last float is 2.0
        } catch (IOException e) {
            Assumptions.abort("no sparse files here: " + e.getMessage());
        }
        Instant before = Instant.now();
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(2));
            MemorySegment bytes = read.find("big").orElseThrow().bytes();
            assertThat(bytes.byteSize()).isEqualTo(4 * elements);
            assertThat(bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * (elements - 1)))
                    .isEqualTo(2);
        }
    }

    @Test
    void aTrainedLlamaHoldsTheTensorsOfItsConfig() throws IOException {
        Path model = SharedData.require("models/stories260k/hf/model.safetensors");
        assertHoldsLlama(model, new Llama(512, 64, 172, 5, 64, 32, true));
    }

    @Test
    void anUntiedLlamaHoldsTheTensorsOfItsConfig() throws IOException {
        Path model = SharedData.require("oracles/llama-a/model.safetensors");
        assertHoldsLlama(model, new Llama(128, 48, 80, 2, 48, 24, false));
    }

    private record Llama(long vocab, long width, long hidden, int layers, long q, long kv, boolean tied) {
        Map<String, Shape> shapes() {
            Map<String, Shape> shapes = new TreeMap<>();
            shapes.put("model.embed_tokens.weight", Shape.of(vocab, width));
            shapes.put("model.norm.weight", Shape.of(width));
            if (!tied) {
                shapes.put("lm_head.weight", Shape.of(vocab, width));
            }
            for (int i = 0; i < layers; i++) {
                String layer = "model.layers." + i + ".";
                shapes.put(layer + "input_layernorm.weight", Shape.of(width));
                shapes.put(layer + "post_attention_layernorm.weight", Shape.of(width));
                shapes.put(layer + "self_attn.q_proj.weight", Shape.of(q, width));
                shapes.put(layer + "self_attn.k_proj.weight", Shape.of(kv, width));
                shapes.put(layer + "self_attn.v_proj.weight", Shape.of(kv, width));
                shapes.put(layer + "self_attn.o_proj.weight", Shape.of(width, q));
                shapes.put(layer + "mlp.gate_proj.weight", Shape.of(hidden, width));
                shapes.put(layer + "mlp.up_proj.weight", Shape.of(hidden, width));
                shapes.put(layer + "mlp.down_proj.weight", Shape.of(width, hidden));
            }
            return shapes;
        }
    }

    private static void assertHoldsLlama(Path file, Llama llama) throws IOException {
        try (Safetensors read = Safetensors.open(file)) {
            Map<String, Shape> found = read.names().stream()
                    .map(name -> read.find(name).orElseThrow())
                    .collect(Collectors.toMap(StoredTensor::name, StoredTensor::shape));
            assertThat(found).isEqualTo(llama.shapes());
            MemorySegment norm = read.find("model.norm.weight").orElseThrow().bytes();
            assertThat(norm.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isFinite().isNotZero();
        }
    }

    /// Files laid out by others come out of our writer byte for byte as they went in.
    @ParameterizedTest
    @ValueSource(strings = {"llama-a", "gpt2-a", "qwen2-a", "mixtral-a", "bert-a", "t5-a"})
    void aFileOfOthersIsRewrittenByteForByte(String model) throws IOException {
        Path original = SharedData.require("oracles/" + model + "/model.safetensors");
        Path copy = folder.resolve("copy.safetensors");
        try (Safetensors read = Safetensors.open(original)) {
            List<OutgoingTensor> tensors = read.names().stream()
                    .map(name -> OutgoingTensor.of(read.find(name).orElseThrow()))
                    .toList();
            SafetensorsWriter.write(copy, tensors, read.metadata());
        }
        assertThat(Files.mismatch(original, copy)).isEqualTo(-1);
    }
}
