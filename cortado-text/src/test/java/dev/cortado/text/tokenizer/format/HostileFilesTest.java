package dev.cortado.text.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.testkit.SharedData;
import dev.cortado.text.Trials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a file holds, reading it gives a tokenizer or one [IllegalArgumentException] that names the file.
@Timeout(60)
class HostileFilesTest {
    @TempDir
    Path folder;

    /// Reads a tokenizer from a file.
    @FunctionalInterface
    private interface Reader {
        TokenizerFile read(Path file) throws IOException;
    }

    private void fuzz(byte[] content, int times, Reader reader) {
        int[] refused = new int[1];
        Trials.repeat(times, random -> {
            Path file = Files.write(folder.resolve("damaged"), Trials.damaged(random, content));
            try {
                TokenizerFile read = reader.read(file);
                var _ = Cases.plain(read).apply("Hello  wörld 12 \u0000");
            } catch (IllegalArgumentException e) {
                refused[0]++;
                assertThat(e).hasMessageContaining("damaged").hasMessageNotContaining("\n    at");
            }
        });
        assertThat(refused[0]).as("damage that was noticed").isPositive();
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("hostile"), content);
    }

    private void refuses(byte[] content, Reader reader, String... why) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> reader.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(why);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void damagedSentencePieceModels() throws IOException {
        fuzz(
                Files.readAllBytes(SharedData.require("models/stories260k/hf/tokenizer.model")),
                200,
                SentencePieceModel::read);
        fuzz(
                Files.readAllBytes(SharedData.require("tokenizers/sentencepiece/test_model.model")),
                15,
                SentencePieceModel::read);
    }

    @Test
    void damagedGguf() throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.require("models/stories260k/stories260k.gguf"));
        fuzz(whole, 20, GgufTokenizer::read);
        byte[] head = Arrays.copyOf(whole, 14_000); // where nearly every byte means something
        Trials.repeat(150, random -> {
            byte[] damaged = whole.clone();
            byte[] part = Trials.damaged(random, head);
            System.arraycopy(part, 0, damaged, 0, part.length);
            Path file = file(damaged);
            try {
                GgufTokenizer.read(file);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("hostile");
            }
        });
    }

    @Test
    void damagedTextFiles() throws IOException {
        fuzz(
                utf8(tiktoken("aGU= 256\nbGw= 257\naGVsbA== 258\n")),
                150,
                file -> TiktokenFile.read(file, TiktokenEncoding.CL100K_BASE));
        fuzz(utf8("[PAD]\n[UNK]\n[CLS]\n[SEP]\nhello\n##s\nwörld\n"), 150, VocabText::read);
        fuzz(utf8("#version: 0.2\nt h\nth e</w>\ni n\na n\nan d</w>\n"), 150, SubwordNmt::read);
        Path vocabulary = Files.writeString(folder.resolve("vocab"), "{\"a\":0,\"b\":1,\"ab\":2,\"<s>\":3,\"</s>\":4}");
        fuzz(utf8("#version: 0.2\na b\n"), 150, merges -> MergesFiles.read(vocabulary, merges));
        Path pairs = Files.writeString(folder.resolve("pairs"), "a b\n");
        fuzz(Files.readAllBytes(vocabulary), 150, damaged -> {
            try {
                return MergesFiles.read(damaged, pairs);
            } catch (IllegalArgumentException e) { // it is either file's fault that they do not fit together
                throw new IllegalArgumentException("damaged: " + e.getMessage(), e);
            }
        });
    }

    private static String tiktoken(String more) {
        var lines = new StringBuilder();
        IntStream.range(0, 256)
                .forEach(b -> lines.append(Base64.getEncoder().encodeToString(new byte[] {(byte) b}))
                        .append(' ')
                        .append(b)
                        .append('\n'));
        return lines.append(more).toString();
    }

    @Test
    void tiktokenLines() throws IOException {
        Reader reader = file -> TiktokenFile.read(file, TiktokenEncoding.R50K_BASE);
        refuses(utf8(tiktoken("!!! 300\n")), reader, "line 257");
        refuses(utf8(tiktoken("aGU= 2147483648\n")), reader, "line 257");
        refuses(utf8(tiktoken("aGU= 2147483647\n")), reader, "largest id");
        refuses(utf8(tiktoken("aGU= -1\n")), reader, "line 257");
        refuses(utf8(tiktoken("aGU= 256\naGU= 257\n")), reader, "line 258");
        refuses(utf8(tiktoken("aGU= 255\n")), reader, "share id 255");
        refuses(utf8(tiktoken("aGU= 50256\n")), reader, "another encoding");
        refuses(utf8("aGU= 0\n"), reader, "no token for byte 0x00");
        refuses(new byte[0], reader, "no tokens");
        refuses(utf8(tiktoken("aGU= 256\n")), TiktokenFile::read, "cl100k_base", "name its encoding");
        byte[] endless = new byte[300_000]; // one token as long as the file
        Arrays.fill(endless, (byte) 'a');
        String token = Base64.getEncoder().encodeToString(endless);
        assertThat(reader.read(file(utf8(tiktoken(token + " 256\n"))))
                        .pipeline()
                        .model()
                        .vocabulary()
                        .size())
                .isEqualTo(257);
    }

    /// A protobuf field with a length.
    private static byte[] field(int number, byte[] content) {
        var out = new ByteArrayOutputStream();
        varint(out, (long) number << 3 | 2);
        varint(out, content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static byte[] piece(String text, float score, int type) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(field(1, utf8(text)));
        out.write(2 << 3 | 5);
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(score)
                .array());
        out.write(3 << 3);
        varint(out, type);
        return field(1, out.toByteArray());
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        List.of(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }

    @Test
    void sentencePieceFields() throws IOException {
        Reader reader = SentencePieceModel::read;
        byte[] unk = piece("<unk>", 0, 2);
        refuses(new byte[0], reader, "no pieces");
        refuses(joined(unk, piece("a", -1, 1), piece("a", -2, 1)), reader, "'a'");
        refuses(joined(unk, piece("a", Float.NaN, 1)), reader, "NaN");
        refuses(joined(unk, piece("a", 0, 7)), reader, "type 7");
        refuses(joined(unk, unk), reader, "<unk>");
        refuses(piece("a", 0, 1), reader, "unknown");
        refuses(joined(unk, piece("", 0, 1)), reader, "empty piece");
        refuses(joined(unk, field(1, field(1, new byte[] {(byte) 0xFF}))), reader, "UTF-8");
        refuses(joined(unk, new byte[] {1 << 3 | 2, -1, -1, -1, -1, 7}), reader, "length");
        refuses(joined(unk, new byte[] {1 << 3 | 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}), reader, "length");
        refuses(joined(unk, new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}), reader, "wire type");
        refuses(joined(unk, new byte[] {0}), reader, "field number 0");
        refuses(joined(unk, field(3, field(2, new byte[] {1, 2, 3, 4, 5}))), reader, "precompiled_charsmap");
        refuses(joined(unk, field(2, new byte[] {3 << 3, 9})), reader, "model type 9");
        refuses(joined(unk, field(2, new byte[] {(byte) 0x98, 2, 1})), reader, "<0x00>"); // byte_fallback
        byte[] nested = new byte[1_000_000]; // groups within groups
        Arrays.fill(nested, (byte) (9 << 3 | 3));
        refuses(joined(unk, nested), reader, "group without an end");
    }

    @Test
    void ggufHeads() throws IOException {
        Reader reader = GgufTokenizer::read;
        refuses(new byte[0], reader, "GGUF");
        refuses(utf8("GGML0000"), reader, "GGUF");
        refuses(gguf(9, 0, 0), reader, "version 9");
        refuses(gguf(3, 1L << 60, 0), reader, "tensors");
        refuses(gguf(3, 0, 1L << 60), reader, "metadata");
        refuses(gguf(3, -1, 0), reader, "length");
        refuses(gguf(3, 0, 0), reader, "'none'");
        refuses(gguf(3, 0, 1, text("general.alignment"), int32(4), int32(3)), reader, "power of two");
        refuses(gguf(3, 0, 1, text("a"), int32(9), int32(8), int64(1L << 60)), reader, "strings");
        refuses(gguf(3, 0, 1, text("a"), int32(9), int32(12), int64(1L << 60)), reader, "numbers");
        refuses(gguf(3, 0, 1, text("a"), int32(9), int32(77), int64(0)), reader, "type 77");
        refuses(gguf(3, 0, 2, text("a"), int32(0), new byte[1], text("a"), int32(0), new byte[1]), reader, "twice");
        byte[] deep = new byte[0];
        for (int i = 0; i < 1000; i++) {
            deep = joined(deep, int32(9), int64(1));
        }
        refuses(gguf(3, 0, 1, text("a"), int32(9), deep), reader, "deep");
        byte[] huge = joined(text("t"), int32(2), int64(1L << 40), int64(1L << 40), int32(0), int64(0));
        refuses(gguf(3, 1, 0, huge), reader, "impossible shape");
        byte[] outside = joined(text("t"), int32(1), int64(64), int32(0), int64(0));
        refuses(gguf(3, 1, 0, outside), reader, "cut off or damaged", "'t'");
    }

    private static byte[] gguf(int version, long tensors, long pairs, byte[]... rest) {
        return joined(utf8("GGUF"), int32(version), int64(tensors), int64(pairs), joined(rest));
    }

    private static byte[] text(String text) {
        return joined(int64(text.length()), utf8(text));
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static byte[] int64(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    @Test
    void textFiles() throws IOException {
        refuses(utf8("#version: 0.1\na b\n"), SubwordNmt::read, "version");
        refuses(utf8("#version: 0.2\nabc\n"), SubwordNmt::read, "'abc'");
        refuses(utf8("[UNK]\na\na\n"), VocabText::read, "'a'");
        refuses(utf8("a\nb\n"), VocabText::read, "[UNK]");
        Path vocabulary = Files.writeString(folder.resolve("v"), "{\"a\":0,\"b\":1,\"ab\":2}");
        refuses(utf8("a c\n"), merges -> MergesFiles.read(vocabulary, merges), "line 1", "'c'");
        refuses(utf8("b a\n"), merges -> MergesFiles.read(vocabulary, merges), "'ba'");
        refuses(utf8("ab\n"), merges -> MergesFiles.read(vocabulary, merges), "'ab'");
        Path pairs = Files.writeString(folder.resolve("p"), "");
        refuses(utf8("{\"a\":2147483647}"), file -> MergesFiles.read(file, pairs), "largest id");
        refuses(utf8("{\"a\":4294967296}"), file -> MergesFiles.read(file, pairs), "4294967296");
        refuses(utf8("{\"a\":0,\"b\":0}"), file -> MergesFiles.read(file, pairs), "share id 0");
    }
}
