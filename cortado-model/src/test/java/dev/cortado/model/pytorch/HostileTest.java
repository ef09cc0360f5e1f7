package dev.cortado.model.pytorch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a file holds, it is opened or refused in one line that names it; nothing is executed, and nothing is
/// allocated for what it merely claims.
@Timeout(60)
class HostileTest {
    private static final Map<String, byte[]> SIX = TorchFiles.storages("0", new float[] {1, 2, 3, 4, 5, 6});
    private static final int ROUNDS = 1500;

    @TempDir
    Path folder;

    private static PickleWriter entry() {
        return new PickleWriter().op('}').text("x");
    }

    private static PickleWriter tensor(long count, long offset, long[] sizes, long... strides) {
        return entry().tensor("FloatStorage", "0", count, offset, sizes, strides)
                .op('s');
    }

    private static Arguments call(String module, String name) {
        return arguments(
                module + "." + name,
                entry().global(module, name).text("touch /tmp/owned").op(0x85, 'R', 's'),
                "names '" + module + "." + name + "'");
    }

    static Stream<Arguments> pickles() {
        long huge = 1L << 60;
        return Stream.of(
                call("os", "system"),
                call("posix", "system"),
                call("builtins", "eval"),
                call("__builtin__", "getattr"),
                call("torch.storage", "_load_from_bytes"),
                call("collections", "OrderedDict.fromkeys"),
                call("torch", "ComplexFloatStorage"),
                arguments(
                        "by stack",
                        entry().text("os").text("system").op(0x93).text("x").op(0x85, 'R', 's'),
                        "names 'os.system'"),
                arguments("by new object", entry().global("os", "popen").op(')', 0x81, 's'), "names 'os.popen'"),
                arguments("by instance", entry().ascii("(ios\nsystem\n").op('s'), "instruction 0x69"),
                arguments("by object", entry().op('(').op('o', 's'), "instruction 0x6f"),
                arguments("by extension", entry().op(0x82, 1, 's'), "instruction 0x82"),
                arguments("out of band", entry().op(0x97, 's'), "instruction 0x97"),
                arguments(
                        "name of two lines",
                        entry().text("o\ns").text("sys\u2028tem").op(0x93, 's'),
                        "names 'o?s.sys?tem'"),
                arguments("call of a list", entry().op(']', ')', 'R', 's'), "calls a list with a tuple"),
                arguments(
                        "call without a tuple", entry().global("torch", "Size").op(']', 'R', 's'), "with a list"),
                arguments("build of a list", entry().op(']', ')', 'b', 's'), "sets attributes"),
                arguments("offset behind the end", tensor(6, 1, new long[] {6}, 1), "tensor 'x' of F32 [6]"),
                arguments("stride behind the end", tensor(6, 0, new long[] {2, 3}, 4, 1), "reaches behind the 24"),
                arguments("negative size", tensor(6, 0, new long[] {-1}, 1), "negative size in shape [-1]"),
                arguments("negative stride", tensor(6, 5, new long[] {6}, -1), "negative offset or stride: 5, [-1]"),
                arguments("negative offset", tensor(6, -1, new long[] {6}, 1), "negative offset or stride: -1"),
                arguments("huge offset", tensor(6, Long.MAX_VALUE, new long[] {6}, 1), "reaches behind"),
                arguments("huge size", tensor(6, 0, new long[] {huge}, 1), "reaches behind"),
                arguments("sizes overflow", tensor(6, 0, new long[] {huge, huge}, 1, 1), "too many elements"),
                arguments("strides overflow", tensor(6, 0, new long[] {3, 3}, huge * 4, huge * 4), "reaches behind"),
                arguments("expanded to 2^60", tensor(6, 0, new long[] {huge}, 0), "more than the file has"),
                arguments("expanded to 2^62 bytes", tensor(6, 0, new long[] {4 * huge}, 0), "too many elements"),
                arguments("expanded", tensor(6, 0, new long[] {1000}, 0), "would take 4000 bytes"),
                arguments("strides too few", tensor(6, 0, new long[] {2, 3}, 1), "1 strides for 2 dimensions"),
                arguments("ranks", tensor(6, 0, new long[65], new long[65]), "a tensor of 65 dimensions"),
                arguments("storage too large", tensor(7, 0, new long[] {1}, 1), "28 bytes, of which the file holds 24"),
                arguments("storage negative", tensor(-1, 0, new long[] {0}, 1), "a storage of -1 elements"),
                arguments("storage of 2^62", tensor(4 * huge, 0, new long[] {1}, 1), "elements"),
                arguments(
                        "storage missing",
                        entry().tensor("FloatStorage", "../0", 6, 0, new long[] {6}, 1)
                                .op('s'),
                        "storage '../0' of 24 bytes, of which the file holds 0"),
                arguments(
                        "storage of two types",
                        tensor(6, 0, new long[] {6}, 1)
                                .text("y")
                                .tensor("IntStorage", "0", 6, 0, new long[] {6}, 1)
                                .op('s'),
                        "storage '0' by two types"),
                arguments(
                        "tensor twice",
                        tensor(6, 0, new long[] {6}, 1)
                                .text("x")
                                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                                .op('s'),
                        "tensor 'x' twice"),
                arguments(
                        "offset no number",
                        entry().global("torch._utils", "_rebuild_tensor")
                                .op('(')
                                .storage("FloatStorage", "0", 6)
                                .op('N', ')', ')', 't', 'R', 's'),
                        "Whole belongs"),
                arguments(
                        "too few arguments",
                        entry().global("torch._utils", "_rebuild_tensor").op(')', 'R', 's'),
                        "has 0 values"),
                arguments("another reference", entry().text("module").op('Q', 's'), "text where a Tuple belongs"),
                arguments("text behind the end", entry().op('X').int32(-1), "wants 4294967295 bytes more"),
                arguments("text of 2^62", entry().op(0x8d).int64(1L << 62), "bytes more"),
                arguments("text of -1", entry().op(0x8d).int64(-1), "wants 18446744073709551615 bytes more"),
                arguments("old text of -1", entry().op('T').int32(-1), "bytes more"),
                arguments("bytes of -1", entry().op(0x8e).int64(-1), "bytes more"),
                arguments("integer of 2 GB", entry().op(0x8b).int32(Integer.MAX_VALUE), "an integer of 2147483647"),
                arguments("integer of -1", entry().op(0x8b).int32(-1), "an integer of 4294967295 bytes"),
                arguments("integer of letters", entry().ascii("Iten\n"), "'ten' for a number"),
                arguments("float of letters", entry().ascii("Fone\n"), "'one' for a number"),
                arguments("long integer", entry().ascii("L" + "9".repeat(4000) + "L\n"), "a number of 4001 characters"),
                arguments("endless line", entry().ascii("c" + "a".repeat(9000)), "does not end within"),
                arguments("nothing on the stack", PickleWriter.bare().op('0'), "a value that is not there"),
                arguments("no mark", PickleWriter.bare().op('t'), "lacks a mark"),
                arguments("below a mark", new PickleWriter().op('N', '(', 0x85), "a value that is not there"),
                arguments("nothing at the end", new PickleWriter(), "a value that is not there"),
                arguments("memo", entry().op('h', 7), "recalls value 7"),
                arguments("half an entry", new PickleWriter().op('}', '(', 'N', 'u'), "half an entry"),
                arguments("protocol 6", PickleWriter.bare().op(0x80, 6, 'N'), "pickle protocol 6"),
                arguments("not a dict", new PickleWriter().op(']'), "holds a list"),
                arguments("no tensors", entry().op('N', 's'), "holds no tensors"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pickles")
    void liesAreRefused(String name, PickleWriter pickle, String complaint) throws IOException {
        byte[] bytes = pickle.stopped();
        refused(TorchFiles.zip(bytes, SIX), complaint);
    }

    private void refused(byte[] bytes, String complaint) throws IOException {
        Path file = Files.write(folder.resolve("model.bin"), bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PyTorchFile.open(file).close())
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(complaint)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    /// A dict that is its own value and a list inside itself, in and beside the state dict.
    @Test
    void valuesThatHoldThemselvesAreNoTrouble() throws IOException {
        var cyclic = new PickleWriter()
                .op('}', 'q', 0)
                .text("self")
                .op('h', 0, 's')
                .text("list")
                .op(']', 'q', 1, 'h', 1, 'a', 's')
                .text("x")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .op('s');
        Path file = Files.write(folder.resolve("cyclic.bin"), TorchFiles.zip(cyclic.stopped(), SIX));
        try (PyTorchFile read = PyTorchFile.open(file)) {
            assertThat(read.names()).containsExactly("x");
            assertThat(read.ignored()).containsExactly("self", "list");
        }
        refused(
                TorchFiles.zip(
                        new PickleWriter().op('}', 'q', 0, 'N', 'h', 0, 's').stopped(), SIX),
                "no tensors");
        byte[] deep = new byte[1_000_000];
        Arrays.fill(deep, (byte) ']');
        Arrays.fill(deep, deep.length / 2, deep.length, (byte) 'a');
        refused(
                TorchFiles.zip(
                        PickleWriter.bare().ascii(new String(deep, UTF_8)).stopped(), SIX),
                "damaged");
    }

    @Test
    void bombsAreRefused() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("x/data.pkl", new byte[65 << 20]);
        refused(TorchFiles.zipOf(entries, ZipEntry.DEFLATED), "at most 67108864 are read");
        byte[] marks = new byte[5 << 20];
        Arrays.fill(marks, (byte) '}');
        entries.put("x/data.pkl", marks);
        byte[] deflated = TorchFiles.zipOf(entries, ZipEntry.DEFLATED);
        assertThat(deflated).hasSizeLessThan(100_000);
        refused(deflated, "more than 4194304 steps");
        // The directory says one byte less than there is.
        ByteBuffer lie = ByteBuffer.wrap(deflated).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = deflated.length - 22; ; at--) {
            if (lie.getInt(at) == 0x02014b50) {
                lie.putInt(at + 24, marks.length - 1);
                break;
            }
        }
        refused(deflated, "but has others");
    }

    /// Two storages over the same bytes are only looked at twice: allowed.
    @Test
    void overlappingEntriesAreLookedAtTwice() throws IOException {
        var pickle = new PickleWriter()
                .op('}', '(')
                .text("x")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .text("y")
                .tensor("FloatStorage", "1", 6, 0, new long[] {6}, 1)
                .op('u');
        byte[] bytes = TorchFiles.zip(
                pickle.stopped(), TorchFiles.storages("0", new float[] {1, 2, 3, 4, 5, 6}, "1", new float[6]));
        ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int first = central(bytes, "archive/data/0");
        zip.putInt(central(bytes, "archive/data/1") + 42, zip.getInt(first + 42));
        try (PyTorchFile read = PyTorchFile.open(Files.write(folder.resolve("overlap.bin"), bytes))) {
            assertThat(PyTorchFileTest.floats(read, "y")).containsExactly(1, 2, 3, 4, 5, 6);
        }
        zip.putInt(first + 24, 1 << 30);
        zip.putInt(first + 20, 1 << 30);
        refused(bytes, "entry 'archive/data/0' is said to take 1073741824 bytes");
    }

    private static int central(byte[] bytes, String name) {
        ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] wanted = name.getBytes(UTF_8);
        for (int at = 0; at < zip.limit() - 46 - wanted.length; at++) {
            if (zip.getInt(at) == 0x02014b50
                    && Arrays.equals(wanted, Arrays.copyOfRange(bytes, at + 46, at + 46 + wanted.length))) {
                return at;
            }
        }
        return fail("no entry " + name);
    }

    @Test
    void damagedDirectoriesAreRefused() throws IOException {
        byte[] whole = TorchFiles.zip(tensor(6, 0, new long[] {6}, 1).stopped(), SIX);
        int end = whole.length - 22;
        int entry = central(whole, "archive/data/0");
        refused(with(whole, end + 10, 3), "more than the 3 entries");
        refused(with(whole, end + 10, 0xFFFE), "65534 entries");
        refused(with(whole, end + 10, 0xFFFF), "lacks the 64-bit record");
        refused(with(whole, end + 12, 1 << 30), "the directory is said to take");
        refused(with(whole, end + 16, 1 << 30), "the directory is said to take");
        refused(with(whole, entry + 8, 1), "'archive/data/0' is encrypted");
        refused(with(whole, entry + 10, 12), "'archive/data/0' is compressed");
        refused(with(whole, entry + 42, -1), "lacks a 64-bit size");
        refused(with(whole, entry + 42, 7), "'archive/data/0' has no header");
        refused(with(whole, entry + 42, 1 << 30), "header of entry 'archive/data/0'");
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        ByteBuffer changed = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
        boolean wide = value < 0 || value > 0xFFFF;
        if (wide) {
            changed.putInt(at, value);
        } else {
            changed.putShort(at, (short) value);
        }
        return changed.array();
    }

    private static byte[] pickle() {
        return new PickleWriter()
                .op('}', '(')
                .text("a")
                .tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, 3, 1)
                .text("b")
                .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, 1, 3)
                .text("c")
                .whole(3)
                .op('u')
                .stopped();
    }

    @Test
    void filesCutAnywhereAreRefused() throws IOException {
        for (byte[] whole : new byte[][] {TorchFiles.zip(pickle(), SIX), TorchFiles.legacy(pickle(), SIX)}) {
            for (int length = 0; length < whole.length; length++) {
                Path file = Files.write(folder.resolve("cut.bin"), Arrays.copyOf(whole, length));
                assertThatIllegalArgumentException()
                        .as("cut at " + length)
                        .isThrownBy(() -> PyTorchFile.open(file).close())
                        .withMessageStartingWith(file + ": ");
            }
        }
    }

    @Test
    void legacyFilesLieToo() throws IOException {
        byte[] whole = TorchFiles.legacy(tensor(6, 0, new long[] {6}, 1).stopped(), SIX);
        var longer = new ByteArrayOutputStream();
        longer.writeBytes(whole);
        longer.write(0);
        refused(longer.toByteArray(), "1 bytes after the last storage");
        refused(with(whole, whole.length - 32, 7), "has 7 elements, but its object says 6");
        refused(with(whole, 4, 0), "magic number");
        refused(
                TorchFiles.legacy(tensor(7, 0, new long[] {6}, 1).stopped(), SIX),
                "storage '0' of 28 bytes reaches behind the end");
        refused(TorchFiles.legacy(tensor(6, 0, new long[] {6}, 1).stopped(), Map.of()), "24 bytes, of which the file");
        refused(
                TorchFiles.legacy(tensor(6, 0, new long[] {6}, 1).stopped(), TorchFiles.storages("9", new float[6])),
                "not those that its object refers to");
        refused(TorchFiles.legacy(entry().global("os", "system").op('s').stopped(), SIX), "names 'os.system'");
    }

    @Test
    void damagedFilesAreReadOrRefused() throws IOException {
        Path file = folder.resolve("fuzz.bin");
        byte[][] originals = {TorchFiles.zip(pickle(), SIX), TorchFiles.legacy(pickle(), SIX)};
        int opened = 0;
        for (long seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Files.write(file, damage(random, originals[random.nextInt(originals.length)]));
            try (PyTorchFile read = PyTorchFile.open(file)) {
                opened++;
                long sum = 0;
                for (String name : read.names()) {
                    for (byte value : read.find(name).orElseThrow().bytes().toArray(ValueLayout.JAVA_BYTE)) {
                        sum += value;
                    }
                }
                assertThat(sum).as("seed " + seed).isBetween(-100_000L, 100_000L);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage().lines()).as("seed " + seed).hasSize(1);
                assertThat(e.getMessage()).as("seed " + seed).startsWith(file.toString());
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
        assertThat(opened).isBetween(ROUNDS / 50, ROUNDS * 3 / 4);
    }

    private static byte[] damage(RandomGenerator random, byte[] bytes) {
        byte[] damaged = bytes.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(5)) {
                case 0 -> damaged[at] = (byte) random.nextInt();
                case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> damaged[at] = damaged[random.nextInt(damaged.length)];
                case 3 ->
                    damaged[at] = (byte) "\u0080.(012NIJKLMFGVSUTXCB)tt]lae}dsughjpqrcRbQ".charAt(random.nextInt(41));
                default -> {
                    byte[] moved = new byte[damaged.length + 1];
                    System.arraycopy(damaged, 0, moved, 0, at);
                    System.arraycopy(damaged, at, moved, at + 1, damaged.length - at);
                    damaged = moved;
                }
            }
        }
        return damaged;
    }
}
