package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.cli.Shell.Ended;
import dev.cortado.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// `convert` and `inspect` on a model that `train` has made, and `logits` of every kind of model.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConvertCommandTest {
    private Path folder;
    private Path model;

    @BeforeAll
    void train(@TempDir Path temporary) throws IOException {
        folder = temporary;
        Path recipe = Shell.recipe(folder.resolve("tiny.yaml"), Shell.text(folder.resolve("text.txt")));
        Ended ended =
                Shell.run("train", recipe, "--out", folder.resolve("run"), "--set", "training.steps=60", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        model = Path.of(ended.json().path("model").stringValue());
    }

    private JsonNode converted(Path from, String to, String type, Path out) {
        Ended ended = Shell.run("convert", from, "--to", to, "--type", type, "--out", out, "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.json();
    }

    private static String greedy(Path model) {
        Ended ended = Shell.run(
                "generate", "--model", model, "--prompt", "the", "--greedy", "--max-new-tokens", "20", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.json().path("text").stringValue();
    }

    @Test
    void aModelGoesToGgufAndBack() {
        Path gguf = folder.resolve("tiny.gguf");
        JsonNode report = converted(model, "gguf", "f32", gguf);
        assertThat(report.path("likeness").path("maxAbs").doubleValue()).isLessThan(1e-4);
        assertThat(report.path("type").stringValue()).isEqualTo("F32");
        Path back = folder.resolve("back");
        assertThat(converted(gguf, "safetensors", "f32", back)
                        .path("likeness")
                        .path("maxAbs")
                        .doubleValue())
                .isLessThan(1e-4);
        assertThat(greedy(gguf)).isEqualTo(greedy(model));
        assertThat(greedy(back)).isEqualTo(greedy(model));
    }

    @ParameterizedTest
    @CsvSource({"f16, 16.5", "bf16, 16.5", "q8_0, 8.6", "q4_0, 4.6"})
    void narrowTypesSayWhatTheyLose(String type, double mostBits) {
        Path gguf = folder.resolve(type + ".gguf");
        JsonNode report = converted(model, "gguf", type, gguf);
        assertThat(report.path("rounding")).isNotEmpty();
        for (JsonNode tensor : report.path("rounding")) {
            assertThat(tensor.path("bitsPerWeight").doubleValue()).isBetween(4.0, mostBits);
            assertThat(tensor.path("relative").doubleValue()).isBetween(0.0, 0.2);
        }
        JsonNode seen = Shell.run("inspect", gguf, "--json").json();
        assertThat(seen.path("format").stringValue()).isEqualTo("gguf");
        assertThat(seen.path("dtypes").has(type.toUpperCase(java.util.Locale.ROOT)))
                .isTrue();
        assertThat(greedy(gguf)).isNotEmpty();
    }

    @Test
    void aGraphComputesTheSame() {
        Path onnx = folder.resolve("tiny.onnx");
        JsonNode report = converted(model, "onnx", "f32", onnx);
        assertThat(onnx).isRegularFile();
        assertThat(report.path("bytes").longValue()).isGreaterThan(1000);
        assertThat(report.path("likeness").path("positions").intValue()).isEqualTo(16);
        assertThat(report.path("likeness").path("maxAbs").doubleValue()).isLessThan(1e-4);
        assertThat(report.path("likeness").path("sameChoices").doubleValue()).isEqualTo(1);
        Ended halves = Shell.run("convert", model, "--to", "onnx", "--type", "f16", "--out", folder.resolve("x.onnx"));
        assertThat(halves.code()).isEqualTo(2);
        assertThat(halves.err()).contains("ONNX graphs are written in f32");
        Ended spoken = Shell.run("convert", model, "--to", "onnx", "--out", onnx, "--force");
        assertThat(spoken.code()).as(spoken.err()).isZero();
        assertThat(spoken.out()).contains("read again: logits differ by at most", "of 16 positions");
    }

    /// Blocks become floats; the model that is compared still computes with the blocks.
    @Test
    void blocksBecomeAGraph() {
        Path gguf = folder.resolve("blocks.gguf");
        converted(model, "gguf", "q8_0", gguf);
        JsonNode report = converted(gguf, "onnx", "f32", folder.resolve("blocks.onnx"));
        assertThat(report.path("likeness").path("maxAbs").doubleValue()).isLessThan(1e-3);
    }

    @ParameterizedTest
    @CsvSource({"gpt2-a", "qwen2-a", "bert-a", "t5-a"})
    void graphsOfEveryKindOfModel(String name) {
        Path oracle = SharedData.require("oracles/" + name);
        Path graph = folder.resolve(name + ".onnx");
        JsonNode report = converted(oracle, "onnx", "f32", graph);
        assertThat(report.path("likeness").path("maxAbs").doubleValue()).isLessThan(1e-4);
        Ended again = Shell.run("convert", oracle, "--to", "onnx", "--out", graph);
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains(name + ".onnx is already there", "--force");
    }

    @Test
    void halvesInSafetensors() {
        Path halves = folder.resolve("halves");
        JsonNode report = converted(model, "safetensors", "bf16", halves);
        assertThat(report.path("likeness").path("deviation").doubleValue()).isBetween(1e-6, 0.05);
        JsonNode seen = Shell.run("inspect", halves, "--json").json();
        assertThat(seen.path("dtypes").propertyNames()).containsExactly("BF16");
        assertThat(seen.path("config").path("torch_dtype").isMissingNode()).isFalse();
        assertThat(seen.path("tokenizer").path("vocabSize").intValue()).isEqualTo(300);
    }

    @Test
    void inspectShowsAPicture() {
        Ended ended = Shell.run("inspect", model);
        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .contains("LlamaForCausalLM", "model.layers.*.self_attn.q_proj.weight", ", 300 ids")
                .contains("chat template: none");
    }

    /// Fewer bits, more error; GPT-2's matrices, stored the other way round, no worse than others.
    @Test
    void inspectSaysWhatStorageCosts() {
        for (Path any : List.of(model, SharedData.require("oracles/gpt2-a"))) {
            JsonNode eight = Shell.run("inspect", any, "--storage", "int8", "--json")
                    .json()
                    .path("kept");
            JsonNode four = Shell.run("inspect", any, "--storage", "nf4", "--json")
                    .json()
                    .path("kept");
            assertThat(eight.path("relative").doubleValue()).isBetween(1e-4, 0.02);
            assertThat(four.path("relative").doubleValue()).isBetween(0.02, 0.12);
            assertThat(eight.path("bitsPerWeight").doubleValue()).isBetween(8.0, 10.0);
            assertThat(four.path("bytes").longValue())
                    .isLessThan(eight.path("bytes").longValue());
            assertThat(eight.path("likeness").path("deviation").doubleValue()).isBetween(1e-5, 0.1);
            for (JsonNode matrix : four.path("matrices")) {
                assertThat(matrix.path("relative").doubleValue())
                        .as(matrix.path("tensor").stringValue())
                        .isBetween(0.02, 0.15);
            }
        }
        Ended ended = Shell.run("inspect", model, "--storage", "nf4");
        assertThat(ended.out())
                .contains("kept as NF4")
                .containsPattern("layers\\.\\*\\.mlp\\.down_proj\\.weight +0\\.");
        assertThat(Shell.run("inspect", model, "--storage", "mapped").err()).contains("name int8 or nf4");
    }

    @Test
    void whatIsThereStays() throws IOException {
        Path there = Files.writeString(folder.resolve("there.gguf"), "precious");
        Ended ended = Shell.run("convert", model, "--to", "gguf", "--out", there);
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("--force");
        assertThat(there).hasContent("precious");
        assertThat(Shell.run("convert", model, "--to", "gguf", "--type", "q9", "--out", folder.resolve("q9.gguf"))
                        .err())
                .contains("q8_0");
        assertThat(folder.resolve("q9.gguf")).doesNotExist();
        assertThat(Shell.run("inspect", folder.resolve("text.txt")).code()).isEqualTo(2);
    }

    /// Every oracle through the command line, as a user calls it.
    @ParameterizedTest
    @CsvSource({"llama-a", "gpt2-a", "qwen2-a", "mixtral-a", "bert-a", "t5-a"})
    void logitsOfEveryKindOfModel(String name) {
        Path oracle = SharedData.require("oracles/" + name);
        JsonNode expected =
                new ObjectMapper().readTree(oracle.resolve("expected.json").toFile());
        Stream<Object> words = Stream.of("logits", "--model", oracle, "--ids", list(expected, "input_ids"), "--json");
        if (expected.has("token_type_ids")) {
            words = Stream.concat(words, Stream.of("--token-types", list(expected, "token_type_ids")));
        }
        if (expected.has("decoder_input_ids")) {
            words = Stream.concat(words, Stream.of("--decoder-ids", list(expected, "decoder_input_ids")));
        }
        Ended ended = Shell.run(words.toArray());
        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode rows = expected.path("logits").get(0);
        assertThat(ended.json().path("shape").get(0).intValue()).isEqualTo(rows.size());
        for (int t = 0; t < rows.size(); t++) {
            for (int v = 0; v < rows.get(t).size(); v++) {
                assertThat(ended.json().path("logits").get(t).get(v).doubleValue())
                        .isCloseTo(rows.get(t).get(v).doubleValue(), within(1e-4));
            }
        }
    }

    private static String list(JsonNode expected, String key) {
        return expected.path(key)
                .get(0)
                .valueStream()
                .map(JsonNode::toString)
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
    }
}
