package dev.cortado.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.Layout;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.Storage;
import dev.cortado.model.arch.StackSizes;
import dev.cortado.model.arch.VaswaniSpec;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Sinusoidal;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A trained model of 2017's architecture, which spells Arabic names in Latin letters, beside what its makers publish
/// of it.
@ExtendWith(StrictScopes.class)
class TransliterationTest {
    private static final int START = 1; // <s>
    private static final int END = 2; // </s>

    private static EncoderDecoder open(Path folder) throws IOException {
        var stack = new StackSizes(6, 8, 128);
        var spec = new VaswaniSpec(
                51,
                43,
                false,
                false,
                true,
                256,
                32,
                stack,
                stack,
                Activation.RELU,
                Sinusoidal.Order.HALVES_TO_LAST,
                1,
                true,
                1e-5,
                START);
        try (var weights = CTranslate2Names.open(folder.resolve("model.safetensors"))) {
            return spec.build(Params.stored(weights, spec.names(), Storage.TRAINABLE, Device.CPU), Device.CPU);
        }
    }

    /// One token per line; unknown ones are given the id after the last.
    private static List<String> vocabulary(Path file) throws IOException {
        List<String> tokens = new ArrayList<>(Files.readAllLines(file));
        tokens.add("<unk>");
        return tokens;
    }

    private static int[] ids(JsonNode tokens, List<String> vocabulary) {
        List<Integer> ids = new ArrayList<>();
        tokens.forEach(token -> {
            int id = vocabulary.indexOf(token.stringValue());
            assertThat(id).as(token.stringValue()).isNotNegative();
            ids.add(id);
        });
        return ids.stream().mapToInt(id -> id).toArray();
    }

    @Test
    void logProbabilitiesAreThePublished() throws IOException {
        Path folder = SharedData.require("models/ct2-aren-transliteration");
        List<String> letters = vocabulary(folder.resolve("source_vocabulary.txt"));
        List<String> latin = vocabulary(folder.resolve("target_vocabulary.txt"));
        JsonNode cases = new ObjectMapper()
                .readTree(folder.resolve("expected.json").toFile())
                .get("score")
                .get("cases");
        List<int[]> sources = new ArrayList<>();
        List<int[]> targets = new ArrayList<>();
        List<JsonNode> published = new ArrayList<>();
        for (JsonNode one : cases) {
            if (!one.get("source").isEmpty()) { // nothing is computed of nothing
                sources.add(ids(one.get("source"), letters));
                targets.add(ids(one.get("target"), latin));
                published.add(one.get("token_log_probs"));
            }
        }
        assertThat(published.stream().mapToInt(JsonNode::size).sum()).isEqualTo(29);
        try (var model = open(folder);
                var _ = Scope.open("score");
                var _ = Grad.off()) {
            // Alone, and all in one batch with padding behind the shorter.
            for (int i = 0; i < sources.size(); i++) {
                compare(scores(model, List.of(sources.get(i)), List.of(targets.get(i))), published.subList(i, i + 1));
            }
            compare(scores(model, sources, targets), published);
        }
    }

    private static void compare(List<double[]> scores, List<JsonNode> published) {
        for (int row = 0; row < scores.size(); row++) {
            assertThat(scores.get(row)).hasSize(published.get(row).size());
            for (int i = 0; i < scores.get(row).length; i++) {
                assertThat(scores.get(row)[i])
                        .as("row %d, token %d", row, i)
                        .isCloseTo(published.get(row).get(i).doubleValue(), within(1e-5));
            }
        }
    }

    /// log p of each token of a target and of the end after it.
    private static List<double[]> scores(EncoderDecoder model, List<int[]> sources, List<int[]> targets) {
        Pass pass = Pass.evaluation(Device.CPU);
        int[] lengths = sources.stream().mapToInt(ids -> ids.length).toArray();
        var padded = new Layout.Padded(Tensors.of(lengths, lengths.length));
        var memory = model.encode(rows(sources), pass.with(padded));
        List<int[]> begun = targets.stream()
                .map(ids ->
                        IntStream.concat(IntStream.of(START), IntStream.of(ids)).toArray())
                .toList();
        Tensor logits = model.forward(rows(begun), memory, pass); // [B, T, V]
        List<double[]> scores = new ArrayList<>();
        for (int row = 0; row < targets.size(); row++) {
            int[] target = targets.get(row);
            double[] of = new double[target.length + 1];
            for (int i = 0; i < of.length; i++) {
                int next = i < target.length ? target[i] : END;
                of[i] = Math.log(logits.select(0, row).select(0, i).softmax(-1).toFloats()[next]);
            }
            scores.add(of);
        }
        return scores;
    }

    /// Rows of the length of the longest, the others filled with blanks.
    private static Tensor rows(List<int[]> rows) {
        int length = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        int[] all = rows.stream()
                .flatMapToInt(row -> IntStream.of(Arrays.copyOf(row, length)))
                .toArray();
        return Tensors.of(all, rows.size(), length);
    }

    @Test
    void whatItWritesIsThePublished() throws IOException {
        Path folder = SharedData.require("models/ct2-aren-transliteration");
        List<String> letters = vocabulary(folder.resolve("source_vocabulary.txt"));
        List<String> latin = vocabulary(folder.resolve("target_vocabulary.txt"));
        JsonNode expected =
                new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        int compared = 0;
        try (var model = open(folder)) {
            var generator = new SequenceGenerator(model, DType.F32);
            for (JsonNode published : expected.get("translate")) {
                // What needs nothing but the likeliest token each time.
                if (!Set.of(
                                "default (beam 2)",
                                "prefix",
                                "prefix with unk",
                                "large beam with prefix",
                                "custom end token")
                        .contains(published.get("name").stringValue())) {
                    continue;
                }
                JsonNode options = published.get("options");
                int end = options.has("end_token")
                        ? latin.indexOf(options.get("end_token").stringValue())
                        : END;
                int[] beginning =
                        published.has("target_prefix") ? ids(published.get("target_prefix"), latin) : new int[0];
                var prompt = SequencePrompt.of(ids(published.get("source"), letters), beginning, model.spec());
                Generation answer = generator.generate(prompt, 50, new Sampling.Greedy(), Set.of(end), _ -> true);
                List<String> text = new ArrayList<>();
                for (int id : beginning) {
                    text.add(latin.get(id));
                }
                answer.ids().forEach(id -> text.add(latin.get(id)));
                List<String> output = new ArrayList<>();
                published.get("output").forEach(token -> output.add(token.stringValue()));
                assertThat(text).as(published.get("name").stringValue()).isEqualTo(output);
                assertThat(answer.finish()).isEqualTo(Finish.STOP);
                compared++;
            }
            // Each of these tokens is published with a probability above one half.
            for (JsonNode scored : expected.get("score").get("cases")) {
                if (!scored.get("source").isEmpty()) {
                    Generation answer = generator.generate(
                            SequencePrompt.of(ids(scored.get("source"), letters), model.spec()),
                            50,
                            new Sampling.Greedy(),
                            Set.of(END),
                            _ -> true);
                    assertThat(answer.ids().stream().mapToInt(id -> id))
                            .containsExactly(IntStream.of(ids(scored.get("target"), latin))
                                    .boxed()
                                    .toArray(Integer[]::new));
                    compared++;
                }
            }
        }
        assertThat(compared).isEqualTo(9);
    }
}
