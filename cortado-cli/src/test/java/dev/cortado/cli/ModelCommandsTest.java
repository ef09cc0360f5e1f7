package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.cli.Shell.Ended;
import dev.cortado.text.tokenizer.Tokenizer;
import dev.cortado.text.tokenizer.format.Tokenizers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `generate` and `logits` on a model that `train` has made.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelCommandsTest {
    private static final int CONTEXT = 32;
    private static final int VOCABULARY = 300;

    private Path folder;
    private Path model;
    private Tokenizer tokenizer;

    @BeforeAll
    void train(@TempDir Path temporary) throws IOException {
        folder = temporary;
        Path recipe = Shell.recipe(folder.resolve("tiny.yaml"), Shell.text(folder.resolve("text.txt")));
        Ended ended =
                Shell.run("train", recipe, "--out", folder.resolve("run"), "--set", "training.steps=100", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.json().path("finished").booleanValue()).isTrue();
        assertThat(ended.json().path("steps").intValue()).isEqualTo(100);
        double loss = ended.json().path("heldOutLoss").doubleValue();
        assertThat(loss).as("it has learned").isLessThan(3);
        assertThat(ended.json().path("heldOutPerplexity").doubleValue()).isCloseTo(Math.exp(loss), within(1e-9));
        model = Path.of(ended.json().path("model").stringValue());
        tokenizer = Tokenizers.read(model);
    }

    private Ended generate(String... more) {
        return Shell.run(Shell.words(List.of("generate", "--model", model), more));
    }

    private JsonNode json(String... more) {
        Ended ended = Shell.run(Shell.words(List.of("generate", "--model", model, "--json"), more));
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.json();
    }

    private static List<Integer> ids(JsonNode report) {
        List<Integer> ids = new ArrayList<>();
        report.path("ids").forEach(id -> ids.add(id.intValue()));
        return ids;
    }

    private static void refused(Ended ended, String... words) {
        refusedAfterThePrompt(ended, words);
        assertThat(ended.out()).isEmpty();
    }

    /// The prompt may have been printed already.
    private static void refusedAfterThePrompt(Ended ended, String... words) {
        assertThat(ended.err().lines())
                .singleElement()
                .asString()
                .startsWith("cortado: ")
                .contains(words);
        assertThat(ended.code()).isEqualTo(2);
    }

    @Test
    void reportsWhatItGenerated() {
        JsonNode report = json("--prompt", "the cat", "--greedy", "--max-new-tokens", "12");
        assertThat(report.propertyNames())
                .containsExactlyInAnyOrder(
                        "text", "ids", "finish", "tokens_per_second", "prompt_tokens", "prefill_seconds");
        assertThat(ids(report)).hasSize(12);
        assertThat(report.path("finish").stringValue()).isEqualTo("length");
        assertThat(report.path("prompt_tokens").intValue()).isEqualTo(1 + tokenizer.encode("the cat").length);
        assertThat(report.path("tokens_per_second").doubleValue()).isPositive();
        int[] ids = ids(report).stream().mapToInt(Integer::intValue).toArray();
        assertThat(report.path("text").stringValue()).isEqualTo(tokenizer.decode(ids));
    }

    @Test
    void forPeopleItPrintsThePromptAndWhatFollows() {
        String text = json("--prompt", "the cat", "--greedy").path("text").stringValue();
        Ended ended = generate("--prompt", "the cat", "--greedy");
        assertThat(ended.out()).isEqualToNormalizingNewlines("the cat" + text + "\n");
    }

    @Test
    void idsAreTakenAsTheyAre() {
        int[] encoded = tokenizer.encode("the cat");
        String list = "0," + IntStream.of(encoded).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        assertThat(ids(json("--prompt-ids", list, "--greedy"))).isEqualTo(ids(json("--prompt", "the cat", "--greedy")));
    }

    @Test
    void theSameSeedSaysTheSame() {
        List<Integer> one = ids(json("--prompt", "the", "--seed", "5", "--temperature", "1"));
        assertThat(ids(json("--prompt", "the", "--seed", "5", "--temperature", "1")))
                .isEqualTo(one);
        assertThat(ids(json("--prompt", "the", "--seed", "6", "--temperature", "1")))
                .isNotEqualTo(one);
        assertThat(ids(json("--prompt", "the", "--seed", "6", "--top-k", "1")))
                .as("one choice is no choice")
                .isEqualTo(ids(json("--prompt", "the", "--greedy")));
    }

    @Test
    void endsBeforeAStopString() {
        String free = json("--prompt", "the cat", "--greedy").path("text").stringValue();
        String stop = free.substring(7, 11);
        JsonNode stopped = json("--prompt", "the cat", "--greedy", "--stop", "never seen", "--stop", stop);
        assertThat(stopped.path("text").stringValue()).isEqualTo(free.substring(0, free.indexOf(stop)));
        assertThat(stopped.path("finish").stringValue()).isEqualTo("stop");
    }

    @Test
    void theEmptyPromptBeginsWithTheBeginOfTextId() {
        JsonNode empty = json("--prompt", "", "--greedy");
        assertThat(empty.path("prompt_tokens").intValue()).isEqualTo(1);
        assertThat(ids(empty)).isEqualTo(ids(json("--prompt-ids", "0", "--greedy")));
    }

    @Test
    void fillsTheContextAndNoMore() {
        JsonNode report = json("--prompt-ids", "5,6", "--greedy", "--max-new-tokens", "1000");
        assertThat(ids(report).size()).isLessThanOrEqualTo(CONTEXT - 2 + 1);
    }

    @Test
    void withoutATokenizerThereAreIdsAndNoText() throws IOException {
        Path bare = Shell.copy(model, folder.resolve("bare"));
        Files.delete(bare.resolve("tokenizer.json"));
        Ended ended = Shell.run("generate", "--model", bare, "--prompt-ids", "0,5", "--greedy", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.json().has("text")).isTrue();
        assertThat(ended.json().path("text").isNull()).isTrue();
        assertThat(ids(ended.json())).isEqualTo(ids(json("--prompt-ids", "0,5", "--greedy")));
        refused(Shell.run("generate", "--model", bare, "--prompt", "the"), "has no tokenizer", "--prompt-ids");
        refused(
                Shell.run("generate", "--model", bare, "--prompt-ids", "5", "--stop", "x"),
                "has no tokenizer",
                "--stop");
    }

    @Test
    void promptsThatCannotBeGoneOnFrom() {
        refused(generate("--prompt-ids", "5,300"), "token id 300 is outside the model's vocabulary of 300");
        refused(generate("--prompt-ids", "-1"), "token id -1 is outside");
        refused(generate("--prompt-ids", "1,,2"), "'' is not a token id; give ids as 1,2,3");
        refused(generate("--prompt-ids", "1;2"), "'1;2' is not a token id");
        refused(generate("--prompt-ids", "99999999999"), "'99999999999' is not a token id");
        refused(generate("--prompt-ids", ""), "'' is not a token id");
        refused(generate("--prompt", "cat ".repeat(CONTEXT)), "the prompt has", "this model sees 32 at most");
        refused(generate("--prompt", "a", "--prompt-ids", "1"), "--prompt");
        refused(generate(), "--prompt");
    }

    @Test
    void optionsThatMakeNoSense() {
        refused(generate("--prompt", "a", "--temperature", "-1"), "-1");
        refused(generate("--prompt", "a", "--top-k", "0"), "0");
        refused(generate("--prompt", "a", "--top-p", "1.5"), "1.5");
        refusedAfterThePrompt(
                generate("--prompt", "a", "--max-new-tokens", "0"), "max new tokens 0 must be at least 1");
        refusedAfterThePrompt(generate("--prompt", "a", "--stop", ""), "a stop string is empty");
        refused(generate("--prompt", "a", "--device", "tpu"), "tpu");
        refused(generate("--prompt", "a", "--precision", "i64"), "precision");
    }

    @Test
    void logitsAreTheModels() {
        Ended ended = Shell.run("logits", "--model", model, "--ids", "0,5,6", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode report = ended.json();
        assertThat(report.path("shape").toString()).isEqualTo("[3,300]");
        assertThat(report.path("logits").size()).isEqualTo(3);
        double[] last = new double[VOCABULARY];
        for (JsonNode row : report.path("logits")) {
            assertThat(row.size()).isEqualTo(VOCABULARY);
            Arrays.setAll(last, i -> row.path(i).doubleValue());
        }
        int likeliest = IntStream.range(0, VOCABULARY)
                .reduce((a, b) -> last[b] > last[a] ? b : a)
                .orElseThrow();
        assertThat(ids(json("--prompt-ids", "0,5,6", "--greedy", "--max-new-tokens", "1")))
                .isEqualTo(likeliest == 0 ? List.of() : List.of(likeliest));
        Ended people = Shell.run("logits", "--model", model, "--ids", "0,5,6");
        assertThat(people.out().lines().toList().getLast()).startsWith("after 6:  " + likeliest + " (");
    }

    @Test
    void idsWithoutLogits() {
        refused(logits("300"), "token id 300 is outside the model's vocabulary of 300");
        refused(logits("1,x"), "'x' is not a token id");
        refused(Shell.run("logits", "--model", model), "--ids");
    }

    /// Rotary positions go on, and whoever asks for that may see how well.
    @Test
    void moreIdsThanTheModelWasTrainedOn() {
        Ended ended = logits("1,".repeat(CONTEXT) + "1");
        assertThat(ended.code()).isZero();
        assertThat(ended.err()).contains("33 ids are more than the 32 this model was made for");
    }

    private Ended logits(String ids) {
        return Shell.run("logits", "--model", model, "--ids", ids);
    }

    @Test
    void foldersThatHoldNoModel() throws IOException {
        Path none = folder.resolve("none");
        refused(Shell.run("logits", "--model", none, "--ids", "1"), none.toString());
        Path empty = Files.createDirectory(folder.resolve("empty"));
        refused(
                Shell.run("generate", "--model", empty, "--prompt", "a"),
                empty.resolve("config.json").toString());
        refused(Shell.run("generate", "--model", folder.resolve("text.txt"), "--prompt", "a"), "text.txt");
        Path weightless = Shell.copy(model, folder.resolve("weightless"));
        Files.delete(weightless.resolve("model.safetensors"));
        refused(Shell.run("logits", "--model", weightless, "--ids", "1"), weightless.toString());
    }

    @Test
    void configurationsThatAreWrong() throws IOException {
        Path wrong = Shell.copy(model, folder.resolve("wrong config"));
        String config = Files.readString(model.resolve("config.json"));
        for (String[] change : new String[][] {
            {config, config.substring(0, config.length() / 2)},
            {"\"LlamaForCausalLM\"", "\"GptZero\""},
            {"\"hidden_size\" : 64", "\"hidden_size\" : 32"},
            {"\"hidden_size\" : 64", "\"hidden_size\" : -64"},
            {"\"hidden_size\" : 64", "\"hidden_size\" : \"wide\""},
            {"\"vocab_size\" : 300", "\"vocab_size\" : 301"},
            {"\"num_attention_heads\" : 4", "\"num_attention_heads\" : 0"},
            {"\"num_hidden_layers\" : 2", "\"num_hidden_layers\" : 3"},
        }) {
            assertThat(config).as("the test knows the file").contains(change[0]);
            Files.writeString(wrong.resolve("config.json"), config.replace(change[0], change[1]));
            refused(Shell.run("logits", "--model", wrong, "--ids", "1"), wrong.toString());
        }
    }

    /// A header that lies about lengths, places or counts: refused before memory is asked for.
    @Test
    void weightsThatAreDamaged() throws IOException {
        Path damaged = Shell.copy(model, folder.resolve("damaged"));
        Path weights = damaged.resolve("model.safetensors");
        byte[] good = Files.readAllBytes(weights);
        int headerBytes =
                (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(good, 8, headerBytes, StandardCharsets.UTF_8);
        String offsets = header.substring(header.lastIndexOf("\"data_offsets\":["), header.lastIndexOf(']') + 1);
        String end = offsets.substring(offsets.indexOf(',') + 1, offsets.length() - 1);
        long data = Long.parseLong(end);
        List<byte[]> bad = List.of(
                Arrays.copyOf(good, good.length - 1000),
                Arrays.copyOf(good, 8 + headerBytes / 2),
                Arrays.copyOf(good, 5),
                new byte[0],
                withHeaderLength(good, Long.MAX_VALUE),
                withHeaderLength(good, -1),
                withHeaderLength(good, headerBytes - 10),
                withHeader(good, headerBytes, header.replace(end, Long.toString(data + 4096))),
                withHeader(good, headerBytes, header.replace(end, Long.toString(Long.MAX_VALUE))),
                withHeader(good, headerBytes, header.replace(offsets, "\"data_offsets\":[0," + end + "]")),
                withHeader(good, headerBytes, header.replace("[300,64]", "[4000000000,4000000000]")),
                withHeader(good, headerBytes, header.replace("[300,64]", "[300,65]")),
                withHeader(good, headerBytes, header.replace("[300,64]", "[-300,-64]")),
                withHeader(good, headerBytes, header.replace("\"F32\"", "\"F64x\"")),
                withHeader(good, headerBytes, header.replace("model.norm.weight", "model.form.weight")));
        for (byte[] bytes : bad) {
            assertThat(bytes).as("it is damaged").isNotEqualTo(good);
            Files.write(weights, bytes);
            refused(Shell.run("logits", "--model", damaged, "--ids", "1"), damaged.toString());
        }
        Files.write(weights, good);
        assertThat(Shell.run("logits", "--model", damaged, "--ids", "1").code()).isZero();
    }

    private static byte[] withHeaderLength(byte[] file, long length) {
        byte[] copy = file.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        return copy;
    }

    private static byte[] withHeader(byte[] file, int oldBytes, String header) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + file.length - 8 - oldBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(file, 8 + oldBytes, file.length - 8 - oldBytes)
                .array();
    }
}
