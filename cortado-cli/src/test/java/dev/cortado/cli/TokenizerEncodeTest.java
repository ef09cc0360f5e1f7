package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.cli.Shell.Ended;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class TokenizerEncodeTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path folder;

    private static Path bytes;
    private static Path bert;

    @BeforeAll
    static void train() throws IOException {
        bytes = folder.resolve("bytes");
        bert = folder.resolve("bert");
        ok("train", "--kind", "byte", "--out", bytes);
        Path text = Shell.text(folder.resolve("text.txt"));
        ok("train", "--kind", "wordpiece", "--vocab-size", 100, "--out", bert, text);
    }

    private static Ended tokenizer(Object... words) {
        return Shell.run(Stream.concat(Stream.of("tokenizer"), Stream.of(words)).toArray());
    }

    private static String ok(Object... words) {
        Ended ended = tokenizer(words);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        return ended.out().replace("\r\n", "\n");
    }

    /// @param printed what came before the error
    private static void refused(String line, String printed, Object... words) {
        Ended ended = tokenizer(words);
        assertThat(ended.err()).isEqualToNormalizingNewlines("cortado: " + line + "\n");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).isEqualToNormalizingNewlines(printed);
    }

    private static String piped(String in, String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        Output output = Output.of(out, err);
        var stream = new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8));
        int code = new Main(output, false).run(List.of(TokenizerCommand.of(output, stream)), words);
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    @Test
    void offsetsCountCodePoints() {
        // ids: <|endoftext|>, then the bytes in the order of their characters: 'a' is 65, 'b' 66
        assertThat(ok("encode", "--tokenizer", bytes, "--text", "a👋b", "--json"))
                .isEqualTo("{\"ids\":[65,173,254,240,234,66],\"tokens\":[\"a\",\"ð\",\"Ł\",\"ĳ\",\"ĭ\",\"b\"],"
                        + "\"offsets\":[[0,1],[1,2],[1,2],[1,2],[1,2],[2,3]]}\n");
        assertThat(ok("encode", "--tokenizer", bytes, "--text", "ab", "--json", "--ids-only"))
                .isEqualTo("{\"ids\":[65,66]}\n");
        assertThat(ok("encode", "--tokenizer", bytes, "--text", "ab")).isEqualTo("65,66\n");
    }

    @Test
    void specialTokensAreParsedOnlyWhenAsked() {
        assertThat(ok("encode", "--tokenizer", bytes, "--text", "<|endoftext|>a", "--special"))
                .isEqualTo("0,65\n");
        assertThat(ok("encode", "--tokenizer", bytes, "--text", "<|endoftext|>a"))
                .startsWith("28,92,")
                .endsWith(",65\n");
    }

    @Test
    void specialTokensAroundTheTextAreAddedOnlyWhenAsked() throws IOException {
        PipelineTokenizer tokenizer = Tokenizers.read(bert);
        String plain = list(tokenizer.encode("the cat", SpecialText.NEVER, false));
        assertThat(ok("encode", "--tokenizer", bert, "--text", "the cat")).isEqualTo(plain + "\n");
        String expected = "2," + plain + ",3\n"; // [CLS] … [SEP]
        assertThat(ok("encode", "--tokenizer", bert, "--text", "the cat", "--add-special"))
                .isEqualTo(expected);
        assertThat(piped("the cat", "tokenizer", "encode", "--tokenizer", bert.toString(), "--add-special"))
                .as("a stream has them around it too")
                .isEqualTo(expected);
        String json = ok("encode", "--tokenizer", bert, "--text", "the cat", "--add-special", "--json");
        assertThat(JSON.readTree(json).path("offsets").path(0).toString()).isEqualTo("[0,0]");
        assertThat(ok("decode", "--tokenizer", bert, "--ids", expected.strip())).isEqualTo("[CLS] the cat [SEP]\n");
        assertThat(ok("decode", "--tokenizer", bert, "--ids", expected.strip(), "--skip-special"))
                .isEqualTo("the cat\n");
    }

    @Test
    void aFileIsLinesOrOneText() throws IOException {
        Path file = Files.writeString(folder.resolve("lines"), "a\r\nb\n\nab");
        assertThat(ok("encode", "--tokenizer", bytes, "--file", file)).isEqualTo("65\n66\n\n65,66\n");
        assertThat(ok("encode", "--tokenizer", bytes, "--file", file, "--json", "--ids-only"))
                .isEqualTo("{\"ids\":[65]}\n{\"ids\":[66]}\n{\"ids\":[]}\n{\"ids\":[65,66]}\n");
        assertThat(ok("encode", "--tokenizer", bytes, "--file", file, "--json").lines())
                .hasSize(4)
                .startsWith("{\"ids\":[65],\"tokens\":[\"a\"],\"offsets\":[[0,1]]}");
        String whole = list(Tokenizers.read(bytes).encode("a\r\nb\n\nab"));
        assertThat(ok("encode", "--tokenizer", bytes, "--file", file, "--whole"))
                .isEqualTo(whole + "\n");
        assertThat(ok("encode", "--tokenizer", bytes, "--file", file, "--whole", "--ids-only", "--json"))
                .isEqualTo("{\"ids\":[" + whole + "]}\n");
        refused("--whole is about the file of --file: give one", "", "encode", "--tokenizer", bytes, "--whole");
    }

    @Test
    void jsonLinesComeBackInOrder() throws IOException {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        PipelineTokenizer tokenizer = Tokenizers.read(bert);
        var in = new StringBuilder();
        var expected = new StringBuilder();
        for (int i = 0; i < 5000; i++) { // several batches
            String text = "the cat " + "sat on a mat ".repeat(random.nextInt(20)) + i;
            in.append(JSON.writeValueAsString(java.util.Map.of("text", text, "id", i)))
                    .append(i % 3 == 0 ? "\r\n" : "\n");
            expected.append("{\"ids\":[").append(list(tokenizer.encode(text))).append("]}\n");
        }
        Path file = Files.writeString(folder.resolve("many.jsonl"), in.append('\n'));
        assertThat(ok("encode", "--tokenizer", bert, "--jsonl", file))
                .as("seed %d", seed)
                .isEqualTo(expected.toString());
    }

    @Test
    void aBadJsonLineIsNamed() throws IOException {
        String good = "{\"text\":\"a\"}\n";
        for (String[] bad : new String[][] {
            {"{\"txt\":1}", "it needs a string under the key \"text\""},
            {"{\"text\":", "not JSON at column 9: "},
            {"{\"text\":\"\\ud800\"}", "its text has half a surrogate pair (\\ud800 … \\udfff), which is no character"},
            {"{\"text\":\"a\",\"text\":\"b\"}", "not JSON at column "},
            {"{\"text\":\"a\"} x", "not JSON at column "}
        }) {
            Path file = Files.writeString(folder.resolve("bad.jsonl"), good + "\n" + bad[0] + "\n" + good);
            Ended ended = tokenizer("encode", "--tokenizer", bytes, "--jsonl", file);
            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.err().lines()).singleElement().asString().startsWith("cortado: " + file + ":3: " + bad[1]);
            assertThat(ended.out()).as("what came before").isEqualToNormalizingNewlines("{\"ids\":[65]}\n");
        }
    }

    @Test
    void textsTooLongForOffsetsAreEncodedToIds() throws IOException {
        int length = TokenizerEncoder.LONGEST_WITH_OFFSETS + 1;
        Path file = Files.writeString(folder.resolve("long"), "b\n" + "a".repeat(length));
        String fix = " is longer than 4,194,304 characters; --ids-only encodes it";
        refused("the text" + fix, "", "encode", "--tokenizer", bytes, "--file", file, "--whole", "--json");
        refused(
                file + ":2: the line" + fix,
                "{\"ids\":[66],\"tokens\":[\"b\"],\"offsets\":[[0,1]]}\n",
                "encode",
                "--tokenizer",
                bytes,
                "--file",
                file,
                "--json");
        assertThat(ok("encode", "--tokenizer", bytes, "--file", file, "--json", "--ids-only"))
                .isEqualTo("{\"ids\":[66]}\n{\"ids\":[" + "65,".repeat(length - 1) + "65]}\n");
    }

    @Test
    void decodesLinesOfIdsAndOfEncode() throws IOException {
        Path file = Files.writeString(folder.resolve("ids"), "65,66\n\n {\"ids\":[66]}\n");
        assertThat(ok("decode", "--tokenizer", bytes, "--file", file, "--json"))
                .isEqualTo("{\"text\":\"ab\"}\n{\"text\":\"\"}\n{\"text\":\"b\"}\n");
        String encoded = ok("encode", "--tokenizer", bytes, "--text", "größer 👋", "--json");
        assertThat(piped(encoded, "tokenizer", "decode", "--tokenizer", bytes.toString()))
                .isEqualTo("größer 👋\n");
        Path bad = Files.writeString(folder.resolve("badids"), "65\n65,x\n");
        refused(
                bad + ":2: 'x' is not a token id; give ids as 1,2,3",
                "a\n",
                "decode",
                "--tokenizer",
                bytes,
                "--file",
                bad);
        Path object = Files.writeString(folder.resolve("badobject"), "{\"ids\":[1.5]}\n");
        refused(
                object + ":1: it needs a list of token ids under the key \"ids\"",
                "",
                "decode",
                "--tokenizer",
                bytes,
                "--file",
                object);
    }

    private static String list(int[] ids) {
        return String.join(",", IntStream.of(ids).mapToObj(Integer::toString).toList());
    }
}
