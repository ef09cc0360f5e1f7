package dev.cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.cli.Shell.Ended;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.arch.EfficientTransformerSpec;
import dev.cortado.model.arch.Gpt2Spec;
import dev.cortado.model.folder.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `cortado train` with `model.config`: any decoder's `config.json`.
class TrainConfigTest {
    private static final String GPT2 = """
        {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 50257, "n_embd": 32, "n_layer": 2,
         "n_head": 2, "n_positions": 24, "bos_token_id": 50256, "eos_token_id": 50256}\
        """;

    private static final String PERFORMER = """
        {"architectures": ["CortadoEfficientForCausalLM"], "vocab_size": 7, "hidden_size": 32,
         "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48, "max_position_embeddings": 4096,
         "mixing": {"kind": "performer", "features": 16}}\
        """;

    @TempDir
    Path folder;

    private Path recipe;
    private Path config;
    private Path run;

    @BeforeEach
    void write() throws IOException {
        Path text = Shell.text(folder.resolve("text.txt"));
        recipe = folder.resolve("tiny.yaml");
        config = folder.resolve("config.json");
        run = folder.resolve("run");
        Files.writeString(recipe, """
            data: { path: %s }
            tokenizer: { vocabSize: 300 }
            model: { config: %s }
            training: { steps: 3, batchRows: 4, precision: f32, evaluateRows: 4 }
            """.formatted(text, config));
        Files.writeString(config, GPT2);
    }

    private ModelSpec trained(String... more) throws IOException {
        Object[] words = new Object[4 + more.length];
        System.arraycopy(new Object[] {"train", recipe, "--out", run}, 0, words, 0, 4);
        System.arraycopy(more, 0, words, 4, more.length);
        Ended ended = Shell.run(words);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ModelFolder.spec(run.resolve("model"));
    }

    private void refused(String set, String... words) {
        Ended ended = Shell.run("train", recipe, "--out", run, "--set", set);
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err().lines().filter(line -> line.startsWith("cortado: ")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(words));
        assertThat(run).as("nothing is left behind").doesNotExist();
    }

    /// Of the configuration, with the tokenizer's vocabulary; the result is read and generates.
    @Test
    void theModelIsTheConfigurations() throws IOException {
        assertThat(trained())
                .isInstanceOfSatisfying(
                        Gpt2Spec.class, spec -> assertThat(spec.width()).isEqualTo(32))
                .returns(24, ModelSpec::contextLength)
                .returns(300, ModelSpec::vocabSize);
        Ended generated =
                Shell.run("generate", "--model", run.resolve("model"), "--prompt", "the", "--max-new-tokens", "3");
        assertThat(generated.code()).as(generated.err()).isZero();
    }

    /// Rows may be shorter than what the model can see.
    @Test
    void rowsMayBeShorter() throws IOException {
        Files.writeString(config, PERFORMER);
        assertThat(trained("--set", "model.contextLength=32"))
                .isInstanceOf(EfficientTransformerSpec.class)
                .returns(4096, ModelSpec::contextLength);
    }

    @Test
    void whatIsNoDecoderIsRefused() throws IOException {
        refused("model.depth=2", "model", "leave out depth");
        refused("model.contextLength=25", "contextLength 25 is more than the 24 tokens of", "config.json");
        refused("model={width: 64}", "give depth", "or config");
        refused("model.config=" + folder.resolve("none.json"), "none.json: no such file");
        Files.writeString(config, "{\"architectures\": [\"BertForMaskedLM\"]}");
        refused("training.steps=2", "config.json describes a BertForMaskedLM", "decoders only");
        Files.writeString(config, "{\"architectures\": [\"T5ForConditionalGeneration\"]}");
        refused("training.steps=2", "T5ForConditionalGeneration", "decoders only");
        Files.writeString(config, "{\"architectures\": [\"LamaForCausalLM\"]}");
        refused("training.steps=2", "config.json names the architecture LamaForCausalLM, which is not known");
    }

    /// The benchmarks refuse before they work.
    @Test
    void benchmarksOfWhatIsNotThereAreRefused() {
        Ended unknown = Shell.run("bench", "families", "--family", "lama");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no family 'lama'; known are bloom");
        Ended none = Shell.run("bench", "families", "--steps", "0");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("steps 0 must be at least 1");
        Ended length = Shell.run("bench", "attention", "--lengths", "512,0");
        assertThat(length.code()).isEqualTo(2);
        assertThat(length.err()).contains("--lengths: 0 must be 1 to 1048576");
        Ended tiny = Shell.run("bench", "attention", "--lengths", "8,16", "--causal", "--json");
        assertThat(tiny.code()).as(tiny.err()).isZero();
        assertThat(tiny.out()).startsWith("{").contains("\"growth\"").doesNotContain("Linformer");
    }
}
