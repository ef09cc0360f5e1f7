package dev.cortado.text.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.text.Trials;
import dev.cortado.text.tokenizer.Learned;
import dev.cortado.text.tokenizer.SpecialText;
import dev.cortado.text.tokenizer.Specials;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.text.tokenizer.train.CharacterTrainer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizersTest {
    @TempDir
    private Path folder;

    private PipelineTokenizer written(PipelineTokenizer tokenizer) throws IOException {
        Tokenizers.write(tokenizer, OptionalLong.empty(), folder);
        return Tokenizers.read(folder);
    }

    private void config(String json) throws IOException {
        Tokenizers.write(Learned.small(), OptionalLong.empty(), folder);
        Files.writeString(folder.resolve("tokenizer_config.json"), json);
    }

    @Test
    void aTokenWithARoleIsOutOfReachOfText() {
        PipelineTokenizer plain = new PipelineTokenizer(CharacterTrainer.of(50)
                .train(Stream.of("a</s>b, a </s> b; abc"))
                .pipeline());
        int slash = plain.id("/").orElseThrow();
        assertThat(plain.encode("/")).containsExactly(slash);
        PipelineTokenizer ending = plain.withRoles(Optional.empty(), Optional.of("/"), Optional.empty());
        assertThat(ending.specials().eos()).hasValue(slash);
        assertThat(ending.encode("a/b")).doesNotContain(slash);
        assertThat(ending.encode("a/b", SpecialText.ALWAYS, false)).contains(slash);
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        PipelineTokenizer tokenizer = Learned.small();
        PipelineTokenizer again = written(tokenizer);
        assertThat(again.specials()).isEqualTo(tokenizer.specials());
        assertThat(again.vocabSize()).isEqualTo(tokenizer.vocabSize());
        assertThat(Tokenizers.read(folder.resolve("tokenizer.json")).specials()).isEqualTo(tokenizer.specials());
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            assertThat(again.token(id)).isEqualTo(tokenizer.token(id));
            assertThat(again.id(again.token(id))).hasValue(id);
            assertThat(again.bytes(id)).isEqualTo(tokenizer.bytes(id)).isNotEmpty();
        }
        Trials.repeat(200, random -> {
            String text = Trials.text(random, 30);
            assertThat(again.encode(text)).isEqualTo(tokenizer.encode(text));
        });
    }

    @Test
    void everyByteComesBack() {
        PipelineTokenizer tokenizer = Learned.small();
        Trials.repeat(1000, random -> {
            String text = Trials.text(random, 40);
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            var bytes = new ByteArrayOutputStream();
            for (int id : ids) {
                assertThat(tokenizer.specials().contains(id)).isFalse();
                bytes.writeBytes(tokenizer.bytes(id));
            }
            assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 300, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void idsOutsideTheVocabularyAreRefused(int id) {
        PipelineTokenizer tokenizer = Learned.small();
        String message = "no token has id " + id + "; ids are below 300";
        assertThatThrownBy(() -> tokenizer.decode(new int[] {5, id}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> tokenizer.bytes(id)).hasMessage(message);
        assertThatThrownBy(() -> tokenizer.token(id)).hasMessage(message);
        assertThatThrownBy(() -> tokenizer.stream().push(id)).hasMessage(message);
    }

    @Test
    void specialTokensAreSpelledOutOrLeftOut() {
        PipelineTokenizer tokenizer = Learned.small();
        int[] ids = tokenizer.encode("<|endoftext|>a<|pad|>", SpecialText.ALWAYS, false);
        assertThat(ids).startsWith(0).endsWith(1).hasSize(3);
        assertThat(tokenizer.decode(ids)).isEqualTo("<|endoftext|>a<|pad|>");
        assertThat(tokenizer.decode(ids, true)).isEqualTo("a");
        assertThat(tokenizer.bytes(0)).isEqualTo("<|endoftext|>".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "{\"bos_token\": \"<|pad|>\", \"eos_token\": {\"content\": \"<|endoftext|>\", \"lstrip\": false}}; 1;"
                        + " 0; -1",
                "{\"eos_token\": null, \"pad_token\": \"<|pad|>\", \"unknown_key\": [1]}; -1; -1; 1",
                "{\"bos_token\": \"the\"}; 264; -1; -1",
                "{}; -1; -1; -1"
            })
    void rolesAreThoseOfTheConfiguration(String json, int bos, int eos, int pad) throws IOException {
        config(json);
        PipelineTokenizer tokenizer = Tokenizers.read(folder);
        Specials roles = tokenizer.specials();
        if (bos > 1) { // an ordinary token of the model
            assertThat(tokenizer.token(roles.bos().orElseThrow())).isEqualTo("the");
        } else {
            assertThat(roles.bos().orElse(-1)).isEqualTo(bos);
        }
        assertThat(roles.eos().orElse(-1)).isEqualTo(eos);
        assertThat(roles.pad().orElse(-1)).isEqualTo(pad);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "{\"bos_token\": 3}; bos_token is neither a string nor a token",
                "{\"pad_token\": {\"text\": \"<|pad|>\"}}; pad_token is neither a string nor a token",
                "{\"eos_token\": [\"<|pad|>\"]}; eos_token is neither a string nor a token",
                "{\"eos_token\": \"<|none|>\"}; '<|none|>' is not a token of this tokenizer",
                "[]; ",
                "{\"eos_token\": ; is not JSON"
            })
    void wrongConfigurationsAreRefused(String json, String message) throws IOException {
        config(json);
        assertThatThrownBy(() -> Tokenizers.read(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokenizer_config.json")
                .hasMessageContaining(message == null ? "" : message);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theConfigurationSaysWhetherTextsBegin(boolean begins) throws IOException {
        config("{\"bos_token\": \"<|endoftext|>\", \"add_bos_token\": " + begins + "}");
        PipelineTokenizer tokenizer = Tokenizers.read(folder);
        assertThat(tokenizer.addsBos()).isEqualTo(begins);
        IntStream bos = begins ? tokenizer.specials().bos().stream() : IntStream.empty();
        assertThat(tokenizer.encode("the", SpecialText.NEVER, true))
                .containsExactly(IntStream.concat(bos, IntStream.of(tokenizer.encode("the")))
                        .toArray());
        assertThat(written(tokenizer).addsBos()).isEqualTo(begins);
    }

    @Test
    void theConfigurationSaysHowLongASequenceMayBe() throws IOException {
        Tokenizers.write(Learned.small(), OptionalLong.of(2048), folder);
        JsonNode config = new JsonMapper().readTree(folder.resolve("tokenizer_config.json"));
        assertThat(config.get("model_max_length").intValue()).isEqualTo(2048);
        assertThat(config.get("bos_token").stringValue()).isEqualTo("<|endoftext|>");
        assertThat(config.get("pad_token").stringValue()).isEqualTo("<|pad|>");
    }

    @Test
    void whatHoldsNoTokenizerIsRefused() throws IOException {
        assertThatThrownBy(() -> Tokenizers.read(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
        assertThat(Tokenizers.find(folder)).isEmpty();
        assertThatThrownBy(() -> Tokenizers.read(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(folder.toString(), "holds no tokenizer", "tokenizer.json", "vocab.txt");
        Path odd = Files.writeString(folder.resolve("tokenizer.onnx"), "x");
        assertThatThrownBy(() -> Tokenizers.read(odd))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("tokenizer.onnx", "no name that tells its format");
    }

    @Test
    void specialTokensMustBeTokens() {
        PipelineTokenizer tokenizer = Learned.small();
        assertThatThrownBy(() -> tokenizer.withSpecials(Specials.of(Map.of("<|endoftext|>", 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("<|endoftext|>", "1", "not a token");
        assertThatThrownBy(() -> tokenizer.withSpecials(Specials.of(Map.of("<|other|>", 7))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
