package dev.cortado.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.infer.sample.Sampling;
import dev.cortado.model.EncoderDecoder;
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
import java.util.List;
import java.util.Set;
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
        int scored = 0;
        try (var model = open(folder);
                var _ = Grad.off()) {
            for (JsonNode published : cases) {
                int[] source = ids(published.get("source"), letters);
                int[] target = ids(published.get("target"), latin);
                if (source.length == 0) {
                    continue; // nothing is computed of nothing
                }
                try (var _ = Scope.open("score")) {
                    int[] written = new int[target.length + 1];
                    written[0] = START;
                    System.arraycopy(target, 0, written, 1, target.length);
                    Pass pass = Pass.evaluation(Device.CPU);
                    var memory = model.encode(Tensors.of(source, 1, source.length), pass);
                    Tensor logits = model.forward(Tensors.of(written, 1, written.length), memory, pass);
                    for (int i = 0; i < written.length; i++) {
                        int next = i < target.length ? target[i] : END;
                        float[] p = logits.select(1, i).softmax(-1).toFloats();
                        assertThat(Math.log(p[next]))
                                .as("%s, token %d", published.get("target"), i)
                                .isCloseTo(
                                        published.get("token_log_probs").get(i).doubleValue(), within(1e-5));
                        scored++;
                    }
                }
            }
        }
        assertThat(scored).isEqualTo(29);
    }

    @Test
    void whatItWritesIsThePublished() throws IOException {
        Path folder = SharedData.require("models/ct2-aren-transliteration");
        List<String> letters = vocabulary(folder.resolve("source_vocabulary.txt"));
        List<String> latin = vocabulary(folder.resolve("target_vocabulary.txt"));
        JsonNode cases = new ObjectMapper()
                .readTree(folder.resolve("expected.json").toFile())
                .get("translate");
        int compared = 0;
        try (var model = open(folder)) {
            var generator = new SequenceGenerator(model, DType.F32);
            for (JsonNode published : cases) {
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
                List<String> expected = new ArrayList<>();
                published.get("output").forEach(token -> expected.add(token.stringValue()));
                assertThat(text).as(published.get("name").stringValue()).isEqualTo(expected);
                assertThat(answer.finish()).isEqualTo(Finish.STOP);
                compared++;
            }
            for (JsonNode scored : new ObjectMapper()
                    .readTree(folder.resolve("expected.json").toFile())
                    .get("score")
                    .get("cases")) {
                int[] source = ids(scored.get("source"), letters);
                if (source.length > 0) {
                    Generation answer = generator.generate(
                            SequencePrompt.of(source, model.spec()), 50, new Sampling.Greedy(), Set.of(END), _ -> true);
                    assertThat(answer.ids()).hasSizeGreaterThan(2);
                }
            }
        }
        assertThat(compared).isEqualTo(5);
    }
}
