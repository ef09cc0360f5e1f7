package dev.cortado.text.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cortado.testkit.Seeds;
import dev.cortado.text.file.Content;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is what is read, and nothing is written that is wrong.
class GgufWriterTest {
    private static final SequencedMap<String, GgufValue> NOTHING = new LinkedHashMap<>();

    private static final List<GgmlType> TYPES = List.of(GgmlType.values());
    private static final List<GgufScalar> SCALARS = List.of(GgufScalar.values());

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("model.gguf");
    }

    /// Byte for byte what the format's page says.
    @Test
    void layout() throws IOException {
        var metadata = new LinkedHashMap<String, GgufValue>();
        metadata.put("k", GgufValue.uint32(7));
        var bytes = MemorySegment.ofArray(new byte[] {1, 2, 3});
        GgufWriter.write(
                file(),
                metadata,
                List.of(
                        GgufOutgoing.of("a", List.of(3L), GgmlType.I8, bytes),
                        GgufOutgoing.of("b", List.of(1L, 3L), GgmlType.I8, bytes)));
        ByteBuffer expected = ByteBuffer.allocate(192).order(ByteOrder.LITTLE_ENDIAN);
        expected.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(2)
                .putLong(1);
        expected.putLong(1).put((byte) 'k').putInt(4).putInt(7);
        expected.putLong(1).put((byte) 'a').putInt(1).putLong(3).putInt(24).putLong(0);
        expected.putLong(1)
                .put((byte) 'b')
                .putInt(2)
                .putLong(1)
                .putLong(3)
                .putInt(24)
                .putLong(32);
        assertThat(expected.position()).isBetween(97, 128);
        expected.position(128).put(new byte[] {1, 2, 3}).position(160).put(new byte[] {1, 2, 3});
        assertThat(Files.readAllBytes(file())).isEqualTo(expected.array());
    }

    @Test
    void whatIsWrittenIsRead() {
        Seeds.repeat(60, random -> {
            var metadata = new LinkedHashMap<String, GgufValue>();
            for (int i = random.nextInt(12); i > 0; i--) {
                metadata.put(text(random, 40) + "." + i, value(random, 0));
            }
            int alignment = 32;
            if (random.nextBoolean()) {
                alignment = 1 << random.nextInt(10);
                metadata.put("general.alignment", GgufValue.uint32(alignment));
            }
            var tensors = new ArrayList<GgufOutgoing>();
            var contents = new ArrayList<byte[]>();
            for (int i = random.nextInt(6); i > 0; i--) {
                GgmlType type = TYPES.get(random.nextInt(TYPES.size()));
                var shape = new ArrayList<Long>();
                for (int d = random.nextInt(5); d > 0; d--) {
                    shape.add(
                            shape.isEmpty() ? (long) type.blockLength() * random.nextInt(1, 4) : random.nextInt(1, 5));
                }
                if (shape.isEmpty() && type.blockLength() > 1) {
                    shape.add((long) type.blockLength());
                }
                byte[] content = new byte[(int) type.bytes(shape)];
                random.nextBytes(content);
                contents.add(content);
                tensors.add(new GgufOutgoing("t" + i, shape, type, sink -> inParts(content, random, sink)));
            }
            var progress = new ArrayList<Long>();
            GgufWriter.write(file(), metadata, tensors, (_, written, total) -> {
                progress.add(written);
                assertThat(total)
                        .isEqualTo(contents.stream().mapToLong(c -> c.length).sum());
            });
            assertThat(progress).hasSameSizeAs(tensors).isSorted();
            try (Arena arena = Arena.ofConfined()) {
                Gguf read = Gguf.open(file(), arena);
                assertThat(read.version()).isEqualTo(3);
                assertThat(read.metadata().keySet()).containsExactlyElementsOf(metadata.keySet());
                metadata.forEach((key, value) ->
                        assertThat(plain(read.metadata().get(key))).isEqualTo(plain(value)));
                assertThat(read.tensors()).hasSameSizeAs(tensors);
                for (int i = 0; i < tensors.size(); i++) {
                    GgufTensor tensor = read.tensors().get(i);
                    assertThat(tensor.name()).isEqualTo(tensors.get(i).name());
                    assertThat(tensor.type()).isEqualTo(tensors.get(i).type());
                    assertThat(tensor.shape()).isEqualTo(tensors.get(i).shape());
                    assertThat(tensor.offset() % alignment).isZero();
                    assertThat(read.data(tensor).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(contents.get(i));
                }
            }
        });
    }

    private static void inParts(byte[] content, RandomGenerator random, Content.Sink sink) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (int done = 0; done < content.length; ) {
                int next = Math.min(content.length, done + random.nextInt(1000));
                MemorySegment part = MemorySegment.ofArray(content).asSlice(done, next - done);
                sink.write(
                        random.nextBoolean()
                                ? part
                                : arena.allocate(next - done + 1L)
                                        .asSlice(0, next - done)
                                        .copyFrom(part));
                done = next;
            }
        }
    }

    private static GgufValue value(RandomGenerator random, int depth) {
        return switch (random.nextInt(depth == 0 ? 0 : 3, depth > 2 ? 6 : 7)) {
            case 0 -> new GgufValue.Bool(random.nextBoolean());
            case 1 -> new GgufValue.Text(text(random, 100));
            case 2 -> random.nextBoolean() ? whole(random) : real(random);
            case 3 ->
                new GgufValue.Texts(Stream.generate(() -> text(random, 9))
                        .limit(random.nextInt(5))
                        .toList());
            case 4 -> GgufValue.float32s(random.nextFloat(), Float.MIN_VALUE, Float.NEGATIVE_INFINITY);
            case 5 -> {
                GgufScalar type = SCALARS.get(random.nextInt(SCALARS.size()));
                byte[] bytes = new byte[type.bytes() * random.nextInt(20)];
                random.nextBytes(bytes);
                ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
                yield new GgufValue.Numbers(type, MemorySegment.ofArray(bytes), order);
            }
            default ->
                new GgufValue.Arrays(Stream.generate(() -> value(random, depth + 1))
                        .limit(random.nextInt(4))
                        .toList());
        };
    }

    private static GgufValue whole(RandomGenerator random) {
        GgufScalar type = SCALARS.stream()
                .filter(t -> !t.real() && t != GgufScalar.BOOL)
                .toList()
                .get(random.nextInt(8));
        long bits = random.nextLong() >>> (64 - 8 * type.bytes());
        boolean signed = type.name().startsWith("INT");
        int spare = 64 - 8 * type.bytes();
        return new GgufValue.Whole(type, signed ? bits << spare >> spare : bits);
    }

    private static GgufValue real(RandomGenerator random) {
        return random.nextBoolean()
                ? GgufValue.float32(random.nextDouble())
                : new GgufValue.Real(GgufScalar.FLOAT64, random.nextDouble());
    }

    private static String text(RandomGenerator random, int most) {
        int length = random.nextInt(most);
        return random.ints(length, 0, 6)
                .mapToObj(i -> List.of("a", "é", "中", "👍", "\n", " ").get(i))
                .reduce("", String::concat);
    }

    /// Numbers by their values, wherever they lie.
    private static Object plain(GgufValue value) {
        return switch (value) {
            case GgufValue.Arrays(List<GgufValue> values) ->
                values.stream().map(GgufWriterTest::plain).toList();
            case GgufValue.Numbers numbers -> {
                var plain = new ArrayList<Object>();
                plain.add(numbers.type());
                for (long i = 0; i < numbers.count(); i++) {
                    plain.add(numbers.type().real() ? (Object) numbers.real(i) : numbers.whole(i));
                }
                yield plain;
            }
            default -> value;
        };
    }

    @Test
    void tensorsComeOneAfterTheOther() throws IOException {
        var calls = new ArrayList<String>();
        List<GgufOutgoing> tensors = Stream.of("a", "b")
                .map(name -> new GgufOutgoing(name, List.of(4L), GgmlType.I8, sink -> {
                    calls.add(name);
                    sink.write(MemorySegment.ofArray(new byte[4]));
                }))
                .toList();
        GgufWriter.write(file(), NOTHING, tensors, (tensor, _, _) -> calls.add("wrote " + tensor.name()));
        assertThat(calls).containsExactly("a", "wrote a", "b", "wrote b");
    }

    @Test
    void failuresLeaveWhatWasThere() throws IOException {
        Files.writeString(file(), "before");
        List<Long> four = List.of(4L);
        var ok = GgufOutgoing.of("a", four, GgmlType.I8, MemorySegment.ofArray(new byte[4]));
        refuses(List.of(ok, ok), "two tensors named 'a'");
        refuses(
                List.of(ok, GgufOutgoing.of("b", four, GgmlType.I8, MemorySegment.ofArray(new byte[5]))),
                "tensor 'b' (4 bytes) to " + file() + ": its content is longer");
        refuses(
                List.of(ok, GgufOutgoing.of("b", four, GgmlType.I8, MemorySegment.ofArray(new byte[3]))),
                "its content ended after 3 bytes");
        var huge = GgufOutgoing.of("h", List.of(1L << 62), GgmlType.I8, MemorySegment.NULL);
        refuses(List.of(huge, GgufOutgoing.of("i", List.of(1L << 62), GgmlType.I8, MemorySegment.NULL)), "2^63");
        var broken = new GgufOutgoing("c", four, GgmlType.I8, _ -> {
            throw new IOException("disk on fire");
        });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> GgufWriter.write(file(), NOTHING, List.of(ok, broken)))
                .withMessageContaining("tensor 'c'")
                .withMessageContaining("disk on fire");
        assertThat(Files.readString(file())).isEqualTo("before");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file());
        }
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> GgufWriter.write(folder.resolve("no/m.gguf"), NOTHING, List.of()));
    }

    private void refuses(List<GgufOutgoing> tensors, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GgufWriter.write(file(), NOTHING, tensors))
                .withMessageContaining(why);
    }

    @Test
    void whatTheFormatDoesNotHave() {
        var bytes = MemorySegment.NULL;
        for (String name : List.of("", "n".repeat(64), "é".repeat(32), "a\0b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GgufOutgoing.of(name, List.of(1L), GgmlType.F32, bytes))
                    .withMessageContaining("1 to 63 bytes");
        }
        for (List<Long> shape : List.of(List.of(0L), List.of(-1L), List.of(1L, 1L, 1L, 1L, 1L))) {
            assertThatIllegalArgumentException().isThrownBy(() -> GgufOutgoing.of("a", shape, GgmlType.F32, bytes));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GgufOutgoing.of("a", List.of(33L), GgmlType.Q8_0, bytes))
                .withMessageContaining("rows of 33");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GgufOutgoing.of("a", List.of(1L << 40, 1L << 40), GgmlType.F32, bytes))
                .withMessageContaining("impossible shape");
        assertThatIllegalArgumentException().isThrownBy(() -> GgufValue.uint32(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new GgufValue.Whole(GgufScalar.INT8, 128));
        assertThatIllegalArgumentException().isThrownBy(() -> new GgufValue.Arrays(List.of(new GgufValue.Bool(true))));
        for (GgufValue alignment : List.of(GgufValue.uint32(24), new GgufValue.Whole(GgufScalar.UINT64, 32))) {
            var metadata = new LinkedHashMap<String, GgufValue>();
            metadata.put("general.alignment", alignment);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GgufWriter.write(file(), metadata, List.of()))
                    .withMessageContaining("power of two");
        }
        var metadata = new LinkedHashMap<String, GgufValue>();
        metadata.put("", GgufValue.uint32(1));
        assertThatIllegalArgumentException().isThrownBy(() -> GgufWriter.write(file(), metadata, List.of()));
        assertThat(file()).doesNotExist();
    }
}
