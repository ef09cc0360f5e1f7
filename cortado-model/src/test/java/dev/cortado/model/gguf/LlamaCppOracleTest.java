package dev.cortado.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.llamacpp.LlamaCppOracle;
import dev.cortado.text.gguf.Gguf;
import dev.cortado.text.gguf.GgufTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The oracle itself is right: it says of a published model what is published about it.
class LlamaCppOracleTest {
    private static Path model() {
        return SharedData.require("models/stories260k/stories260k.gguf");
    }

    private static JsonNode expected() {
        return JsonMapper.shared().readTree(SharedData.require("models/stories260k/hf/expected.json"));
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    @Test
    void continues_as_published() {
        JsonNode greedy = expected().get("greedy_from_bos");
        try (var oracle = LlamaCppOracle.open(model(), 512)) {
            int[] ids = oracle.greedy(new int[] {1}, 200);
            assertThat(ids).isEqualTo(ints(greedy.get("ids")));
            assertThat(oracle.text(ids).strip()).isEqualTo(greedy.get("text").asString());
            for (JsonNode prompt : expected().get("greedy_from_prompts")) {
                assertThat(oracle.tokens(prompt.get("prompt").asString(), true, false))
                        .isEqualTo(ints(prompt.get("prompt_ids")));
                assertThat(oracle.greedy(
                                prompt.get("prompt").asString(),
                                prompt.get("greedy_ids").size()))
                        .isEqualTo(prompt.get("greedy_text").asString());
            }
        }
    }

    @Test
    void gives_the_published_logits() {
        try (var oracle = LlamaCppOracle.open(model(), 512)) {
            for (JsonNode text : expected().get("teacher_forced")) {
                int[] ids = ints(text.get("ids"));
                float[][] logits = oracle.logits(ids);
                JsonNode last = text.get("last_logits");
                for (int id = 0; id < last.size(); id++) {
                    assertThat((double) logits[ids.length - 2][id])
                            .isCloseTo(last.get(id).asDouble(), within(1e-3));
                }
            }
        }
    }

    /// The output matrix is the embedding: hidden states times its rows are the logits.
    @Test
    void hidden_states_make_the_logits() throws IOException {
        int[] ids = {1, 403, 407, 261, 378};
        try (var oracle = LlamaCppOracle.open(model(), 512);
                var hidden = LlamaCppOracle.openHidden(model(), 512);
                var arena = Arena.ofConfined()) {
            Gguf file = Gguf.open(model(), arena);
            GgufTensor embedding = file.tensors().stream()
                    .filter(tensor -> tensor.name().equals("token_embd.weight"))
                    .findFirst()
                    .orElseThrow();
            float[] rows = file.data(embedding).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            float[][] logits = oracle.logits(ids);
            float[][] states = hidden.hidden(ids);
            for (int t = 0; t < ids.length; t++) {
                for (int id = 0; id < 512; id++) {
                    double logit = 0;
                    for (int d = 0; d < 64; d++) {
                        logit += (double) states[t][d] * rows[64 * id + d];
                    }
                    assertThat((double) logits[t][id]).isCloseTo(logit, within(1e-3));
                }
            }
        }
    }

    @Test
    void tokenizes_with_a_vocabulary_alone() {
        try (var oracle =
                LlamaCppOracle.openVocabulary(SharedData.require("tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf"))) {
            assertThat(oracle.vocabSize()).isEqualTo(32_000);
            assertThat(oracle.tokens("Hello world", false, false)).containsExactly(15043, 3186);
            assertThat(oracle.text(15043, 3186)).isEqualTo(" Hello world");
        }
    }

    @Test
    void says_why_a_file_does_not_load(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("bad.gguf"), new byte[100]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LlamaCppOracle.open(file, 16))
                .withMessageContaining("failed to load model from " + file);
    }
}
