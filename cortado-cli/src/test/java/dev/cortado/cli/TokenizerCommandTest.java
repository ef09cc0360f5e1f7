package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.cli.Shell.Ended;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TokenizerCommandTest {
    private static final String SENTENCE = "the cat sat, größer <|endoftext|>\n";

    @TempDir
    Path folder;

    private Path text;
    private Path trained;

    @BeforeEach
    void train() throws IOException {
        text = Shell.text(folder.resolve("text.txt"));
        trained = folder.resolve("trained");
        Ended ended = ok("train", "--out", trained, "--vocab-size", 300, text, "--json");
        assertThat(ended.json().path("vocabSize").intValue()).isEqualTo(300);
        assertThat(ended.json().path("complete").booleanValue()).isTrue();
        assertThat(ended.json().path("words").longValue()).isGreaterThan(5000);
        assertThat(ended.json().path("tokenizer").stringValue()).isEqualTo(trained.toString());
    }

    private static Ended tokenizer(Object... words) {
        return Shell.run(Stream.concat(Stream.of("tokenizer"), Stream.of(words)).toArray());
    }

    private static Ended ok(Object... words) {
        Ended ended = tokenizer(words);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        return ended;
    }

    private static void refused(String line, Object... words) {
        Ended ended = tokenizer(words);
        assertThat(ended.err()).isEqualToNormalizingNewlines("cortado: " + line + "\n");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void makesATokenizerThatARecipeCanName() throws IOException {
        assertThat(Shell.files(trained)).containsExactly("tokenizer.json", "tokenizer_config.json");
        PipelineTokenizer tokenizer = Tokenizers.read(trained);
        assertThat(tokenizer.vocabSize()).isEqualTo(300);
        assertThat(tokenizer.specials().ids()).containsOnlyKeys("<|endoftext|>");
        assertThat(tokenizer.specials().eos()).hasValue(0);
        assertThat(tokenizer.specials().bos()).hasValue(0);
        Path run = folder.resolve("run");
        Path recipe = Shell.recipe(folder.resolve("recipe.yaml"), text);
        Ended again = Shell.run(
                "train",
                recipe,
                "--out",
                run,
                "--set",
                "training.steps=1",
                "--set",
                "tokenizer.path=" + trained,
                "--set",
                "tokenizer.vocabSize=");
        assertThat(again.code()).as(again.err()).isZero();
        PipelineTokenizer used = Tokenizers.read(run.resolve("model"));
        assertThat(used.vocabSize()).isEqualTo(300);
        assertThat(used.encode(Files.readString(text))).containsExactly(tokenizer.encode(Files.readString(text)));
        assertThat(used.addsBos()).as("as the model's texts begin").isTrue();
    }

    @Test
    void oneFileAndSpecialsOfOnesOwn() throws IOException {
        Path file = folder.resolve("one.json");
        ok("train", "--out", file, "--vocab-size", 280, "--special", "<|user|>", "--special", "<|end|>", text);
        assertThat(folder.resolve("tokenizer_config.json")).doesNotExist();
        Tokenizer tokenizer = Tokenizers.read(file);
        assertThat(tokenizer.specials().ids().keySet()).containsExactly("<|user|>", "<|end|>");
        assertThat(tokenizer.specials().eos()).isEmpty();
    }

    @Test
    void minFrequencyEndsLearningEarly() {
        Ended ended = ok(
                "train", "--out", folder.resolve("rare"), "--vocab-size", 5000, "--min-frequency", 100, text, "--json");
        assertThat(ended.json().path("complete").booleanValue()).isFalse();
        assertThat(ended.json().path("vocabSize").intValue()).isBetween(260, 500);
    }

    @Test
    void aTokenizerThatIsThereStaysUnlessForced() throws IOException {
        byte[] before = Files.readAllBytes(trained.resolve("tokenizer.json"));
        refused(
                trained.resolve("tokenizer.json") + ": is already there; name another place or remove it first",
                "train",
                "--out",
                trained,
                "--vocab-size",
                280,
                text);
        assertThat(Files.readAllBytes(trained.resolve("tokenizer.json"))).isEqualTo(before);
        ok("train", "--out", trained, "--vocab-size", 280, "--force", text);
        assertThat(Tokenizers.read(trained).vocabSize()).isEqualTo(280);
    }

    @Test
    void encodesAndDecodes() throws IOException {
        JsonNode found = ok("encode", "--tokenizer", trained, "--text", SENTENCE, "--json")
                .json();
        int[] expected = Tokenizers.read(trained).encode(SENTENCE);
        assertThat(ids(found)).isEqualTo(IntStream.of(expected).boxed().toList());
        assertThat(found.propertyNames()).containsExactly("ids", "tokens", "offsets");
        List<String> tokens = new ArrayList<>();
        found.path("tokens").forEach(token -> tokens.add(token.stringValue()));
        assertThat(String.join("", tokens)).startsWith("theĠcatĠsat,ĠgrÃ¶ÃŁerĠ").endsWith("<|endoftext|>Ċ");
        assertThat(ids(found)).as("text is not structure").doesNotContain(0);

        String list =
                ok("encode", "--tokenizer", trained, "--text", SENTENCE).out().strip();
        JsonNode back =
                ok("decode", "--tokenizer", trained, "--ids", list, "--json").json();
        assertThat(back.path("text").stringValue()).isEqualTo(SENTENCE);
        assertThat(ok("decode", "--tokenizer", trained.resolve("tokenizer.json"), "--ids", list)
                        .out())
                .isEqualToNormalizingNewlines(SENTENCE + "\n");
    }

    @Test
    void encodesFilesAndStandardInput() throws IOException {
        Path file = Files.writeString(folder.resolve("sentence"), SENTENCE);
        String expected =
                ok("encode", "--tokenizer", trained, "--text", SENTENCE).out();
        assertThat(ok("encode", "--tokenizer", trained, "--file", file, "--whole")
                        .out())
                .isEqualTo(expected);
        assertThat(ok("encode", "--tokenizer", trained, "--file", file).out())
                .as("a line end is no part of a line")
                .isEqualTo(ok("encode", "--tokenizer", trained, "--text", SENTENCE.strip())
                        .out());

        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        Output output = Output.of(out, err);
        var in = new ByteArrayInputStream(SENTENCE.getBytes(StandardCharsets.UTF_8));
        int code = new Main(output, false)
                .run(
                        List.of(TokenizerCommand.of(output, in)),
                        "tokenizer",
                        "encode",
                        "--tokenizer",
                        trained.toString());
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
    }

    @Test
    void theEmptyTextHasNoIds() {
        JsonNode found =
                ok("encode", "--tokenizer", trained, "--text", "", "--json").json();
        assertThat(ids(found)).isEmpty();
    }

    @Test
    void infoSaysWhatItIsAndHowItCompresses() throws IOException {
        JsonNode plain = ok("info", "--tokenizer", trained, "--json").json();
        assertThat(plain.path("kind").stringValue()).isEqualTo("byte-level BPE");
        assertThat(plain.path("vocabSize").intValue()).isEqualTo(300);
        assertThat(plain.path("specials").path("<|endoftext|>").intValue()).isZero();
        assertThat(plain.path("eos").intValue()).isZero();
        assertThat(plain.has("measured")).isFalse();
        JsonNode measured = ok("info", "--tokenizer", trained, "--file", text, "--json")
                .json()
                .path("measured");
        int tokens = Tokenizers.read(trained).encode(Files.readString(text)).length;
        assertThat(measured.path("bytes").longValue()).isEqualTo(Files.size(text));
        assertThat(measured.path("tokens").longValue()).isEqualTo(tokens);
        assertThat(measured.path("bytesPerToken").doubleValue())
                .isCloseTo((double) Files.size(text) / tokens, within(1e-9));
        assertThat(ok("info", "--tokenizer", trained, "--file", text).out()).contains("bytes a token", "300 ids");
        assertThat(measured.path("file").stringValue()).isEqualTo(text.toString());
        assertThat(measured.path("words").longValue())
                .isEqualTo(Files.readString(text).strip().split("\\s+").length);
        assertThat(measured.path("tokensPerWord").doubleValue())
                .isCloseTo(tokens / measured.path("words").doubleValue(), within(1e-9));
        JsonNode given = ok("info", "--tokenizer", trained, "--text", "größer", "--json")
                .json()
                .path("measured");
        assertThat(given.path("bytes").intValue()).isEqualTo(8);
        assertThat(given.path("words").intValue()).isEqualTo(1);
        assertThat(given.has("file")).isFalse();
    }

    @Test
    void infoPutsThePipelineInWords() {
        JsonNode pipeline = ok("info", "--tokenizer", trained, "--json").json().path("pipeline");
        assertThat(pipeline.propertyNames())
                .containsExactly("normalizer", "preTokenizer", "model", "postProcessor", "decoder", "limits");
        assertThat(pipeline.path("preTokenizer").toString())
                .isEqualTo("[\"words as GPT-2 cuts them, bytes as characters\"]");
        assertThat(pipeline.path("normalizer").toString()).isEqualTo("[]");
        assertThat(ok("info", "--tokenizer", trained).out())
                .contains("pre-tokenizer:  words as GPT-2 cuts them", "decoder:        characters as bytes", "eos = 0");
    }

    @Test
    void badInputIsRefusedInOneLine() throws IOException {
        Path none = folder.resolve("none");
        refused(none + ": no such file or folder", "info", "--tokenizer", none);
        refused(none + ": no such file or folder", "encode", "--tokenizer", trained, "--file", none);
        refused("'x' is not a token id; give ids as 1,2,3", "decode", "--tokenizer", trained, "--ids", "1,x");
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {'a', 'b', (byte) 0xe4, 'c'});
        refused(latin + " is not UTF-8 at byte 2; convert it first", "encode", "--tokenizer", trained, "--file", latin);
        refused(
                "vocabulary size 100 is too small: 1 special and reserved tokens and 256 bytes need 257",
                "train",
                "--out",
                none,
                "--vocab-size",
                100,
                text);
        Ended outside = tokenizer("decode", "--tokenizer", trained, "--ids", "1,300");
        assertThat(outside.code()).isEqualTo(2);
        assertThat(outside.err().lines()).singleElement().asString().contains("300");
        Ended utf8 = tokenizer("train", "--out", none, "--vocab-size", 300, latin);
        assertThat(utf8.code()).isEqualTo(2);
        assertThat(utf8.err().lines()).singleElement().asString().contains(latin.toString(), "not UTF-8 at byte 2");
        Path empty = Files.createFile(folder.resolve("empty.txt"));
        Ended nothing = tokenizer("train", "--out", none, "--vocab-size", 300, empty);
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err().lines()).singleElement().asString().contains("is empty");
        assertThat(none).as("nothing was written").doesNotExist();
        refused(empty + " is empty: there is nothing to measure", "info", "--tokenizer", trained, "--file", empty);
        refused("name what to do: train, encode, decode, info, convert or compare (see 'cortado tokenizer --help')");
        Path broken = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":");
        Ended malformed = tokenizer("info", "--tokenizer", broken);
        assertThat(malformed.code()).isEqualTo(2);
        assertThat(malformed.err().lines()).singleElement().asString().contains(broken.toString());
    }

    private static List<Integer> ids(JsonNode report) {
        List<Integer> ids = new ArrayList<>();
        report.path("ids").forEach(id -> ids.add(id.intValue()));
        return ids;
    }
}
