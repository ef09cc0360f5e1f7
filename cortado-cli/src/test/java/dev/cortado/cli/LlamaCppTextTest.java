package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.cli.Shell.Ended;
import dev.cortado.testkit.llamacpp.LlamaCppOracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What `train` and `convert` have made, in the hands of llama.cpp: it opens every file and goes on with a text as
/// `generate` does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LlamaCppTextTest {
    private static final int CONTEXT = 64;
    private static final int NEW_TOKENS = 24;
    private static final List<String> PROMPTS = List.of("Tom ", "Once there was", "She counted");

    /// llama.cpp rounds activations to the width of the weights. What is nearer than this may then change places.
    private static final double TIE = 0.02;

    private Path folder;

    @BeforeAll
    void write(@TempDir Path temporary) {
        folder = temporary;
        run("data", "world", "--out", folder.resolve("world"), "--megabytes", "1");
    }

    private static JsonNode run(Object... words) {
        Object[] all = Arrays.copyOf(words, words.length + 1);
        all[words.length] = "--json";
        Ended ended = Shell.run(all);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.json();
    }

    private static String config(String family) {
        return switch (family) {
            case "gpt2" -> """
                {"architectures": ["GPT2LMHeadModel"], "vocab_size": 1, "n_embd": 256, "n_layer": 2, "n_head": 4,
                 "n_positions": 64}
                """;
            case "llama" -> decoder("LlamaForCausalLM");
            case "qwen2" -> decoder("Qwen2ForCausalLM");
            default -> throw new IllegalArgumentException(family);
        };
    }

    private static String decoder(String architecture) {
        return """
            {"architectures": ["%s"], "vocab_size": 1, "hidden_size": 256, "intermediate_size": 512,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
             "max_position_embeddings": 64}
            """.formatted(architecture);
    }

    private Path trained(String family) throws IOException {
        Path config = Files.writeString(folder.resolve(family + ".json"), config(family));
        Path recipe = Files.writeString(
                folder.resolve(family + ".yaml"), """
                    data: { path: %s }
                    tokenizer: { vocabSize: 512 }
                    model: { config: %s }
                    training: { steps: 120, batchRows: 8, precision: f32, evaluateRows: 4 }
                    """.formatted(folder.resolve("world/train.jsonl"), config));
        JsonNode report = run("train", recipe, "--out", folder.resolve(family));
        return Path.of(report.path("model").stringValue());
    }

    private Path converted(Path model, String family, String type) {
        Path file = folder.resolve(family + "-" + type + ".gguf");
        run("convert", model, "--to", "gguf", "--type", type, "--out", file);
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "gpt2"})
    void textsGoOnAlike(String family) throws IOException {
        Path model = trained(family);
        for (String type : List.of("f32", "f16")) {
            Path file = converted(model, family, type);
            try (var oracle = LlamaCppOracle.open(file, CONTEXT)) {
                for (String prompt : PROMPTS) {
                    goesOnAlike(file, oracle, prompt);
                }
            }
        }
        for (String type : List.of("q8_0", "q4_0", "q4_k")) {
            Path file = converted(model, family, type);
            try (var oracle = LlamaCppOracle.open(file, CONTEXT)) {
                assertThat(oracle.greedy(PROMPTS.getFirst(), NEW_TOKENS)).isNotEmpty();
                int[] ids = oracle.tokens(PROMPTS.getLast(), true, false);
                assertThat(relativeDifference(logits(file, ids), oracle.logits(ids)))
                        .as(type)
                        .isLessThan(0.05);
            }
        }
    }

    private static void goesOnAlike(Path file, LlamaCppOracle oracle, String prompt) {
        JsonNode ours =
                run("generate", "--model", file, "--prompt", prompt, "--greedy", "--max-new-tokens", "" + NEW_TOKENS);
        int[] ids = IntStream.range(0, ours.path("ids").size())
                .map(i -> ours.path("ids").get(i).intValue())
                .toArray();
        int[] read = oracle.tokens(prompt, true, false);
        int[] theirs = oracle.greedy(read, ids.length);
        int parting = Arrays.mismatch(ids, theirs);
        if (parting < 0) {
            assertThat(oracle.text(theirs)).isEqualTo(ours.path("text").stringValue());
            return;
        }
        int[] both = IntStream.concat(Arrays.stream(read), Arrays.stream(ids).limit(parting))
                .toArray();
        double[][] logits = logits(file, both);
        double[] last = logits[logits.length - 1];
        assertThat(last[ids[parting]] - last[theirs[parting]])
                .as("%s after %d tokens of '%s'", file.getFileName(), parting, prompt)
                .isBetween(0.0, TIE);
    }

    private static double[][] logits(Path file, int... ids) {
        String list = Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","));
        JsonNode rows = run("logits", "--model", file, "--ids", list).path("logits");
        return IntStream.range(0, rows.size())
                .mapToObj(row -> IntStream.range(0, rows.get(row).size())
                        .mapToDouble(i -> rows.get(row).get(i).doubleValue())
                        .toArray())
                .toArray(double[][]::new);
    }

    /// Root mean square of the differences over that of our logits.
    private static double relativeDifference(double[][] ours, float[][] theirs) {
        double squares = 0;
        double differences = 0;
        for (int row = 0; row < ours.length; row++) {
            for (int i = 0; i < ours[row].length; i++) {
                differences += Math.pow(ours[row][i] - theirs[row][i], 2);
                squares += ours[row][i] * ours[row][i];
            }
        }
        return Math.sqrt(differences / squares);
    }
}
