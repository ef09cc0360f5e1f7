package dev.cortado.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.gguf.GgufModelWriter.Options;
import dev.cortado.model.gguf.GgufModelWriter.Written;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.model.weights.Safetensors;
import dev.cortado.model.weights.SafetensorsWriter;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.testkit.StrictScopes;
import dev.cortado.text.gguf.GgmlType;
import dev.cortado.text.tokenizer.format.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// What is written is what was asked for, and what cannot be written is refused before anything is.
@ExtendWith(StrictScopes.class)
class GgufModelWriterTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("model.gguf");
    }

    private static ModelSpec changed(String name, String key, Object value) {
        ObjectNode config = TinyModels.small(name).config();
        switch (value) {
            case Integer number -> config.put(key, number);
            case Boolean flag -> config.put(key, flag);
            case Double number -> config.put(key, number);
            default -> config.put(key, value.toString());
        }
        return ModelFolder.spec(ConfigFile.of(Path.of("changed"), config));
    }

    private WeightSource weights(CausalLm model) throws IOException {
        return TinyModels.saved(model, folder.resolve("weights.safetensors"));
    }

    @Test
    void saysWhatWasWritten() throws IOException {
        ModelSpec spec = TinyModels.decoders().get("llama");
        List<String> told = new ArrayList<>();
        try (var model = TinyModels.model(spec, 1);
                var weights = weights(model)) {
            Written written = GgufModelWriter.write(
                    file(), spec, weights, Options.of(GgmlType.Q8_0), (tensor, _, _) -> told.add(tensor.name()));
            assertThat(told)
                    .containsExactlyElementsOf(written.tensors().stream()
                            .map(GgufModelWriter.WrittenTensor::name)
                            .toList());
            assertThat(told).startsWith("token_embd.weight").endsWith("output_norm.weight", "output.weight");
            for (GgufModelWriter.WrittenTensor tensor : written.tensors()) {
                boolean norm = tensor.name().contains("norm");
                assertThat(tensor.type()).isEqualTo(norm ? GgmlType.F32 : GgmlType.Q8_0);
                assertThat(tensor.error().isPresent()).isEqualTo(!norm);
            }
            assertThat(written.error().relativeRms()).isCloseTo(0.0045, within(0.002));
            assertThat(written.error().bitsPerWeight()).isEqualTo(8.5);
            assertThat(Files.size(file())).isGreaterThan(written.bytes());
        }
    }

    @ParameterizedTest
    @CsvSource({"Q4_K, 96, Q5_0", "Q4_K, 40, F16", "Q8_0, 40, F16", "Q4_0, 96, Q4_0", "BF16, 40, BF16"})
    void rowsThatAreNoBlocks(GgmlType wanted, int width, GgmlType type) throws IOException {
        ModelSpec spec = changed("qwen2", "intermediate_size", width);
        try (var model = TinyModels.model(spec, 1);
                var weights = weights(model)) {
            Written written = GgufModelWriter.write(file(), spec, weights, Options.of(wanted));
            assertThat(written.tensors())
                    .filteredOn(tensor -> tensor.name().endsWith("ffn_down.weight"))
                    .isNotEmpty()
                    .allSatisfy(tensor -> {
                        assertThat(tensor.type()).isEqualTo(type);
                        assertThat(tensor.wanted()).isEqualTo(wanted);
                    });
        }
        GgufModelFile.open(file()).close();
    }

    /// Blocks of the wanted format pass unchanged, rearranged rows too; other formats are decoded.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "mixtral", "bloom"})
    void blocksAreCopied(String name) throws IOException {
        ModelSpec spec = TinyModels.decoders().get(name);
        Path again = folder.resolve("again.gguf");
        try (var model = TinyModels.model(spec, 1);
                var weights = weights(model)) {
            GgufModelWriter.write(file(), spec, weights, Options.of(GgmlType.Q4_K));
        }
        try (var read = GgufModelFile.open(file())) {
            Written written = GgufModelWriter.write(again, read.spec(), read.weights(), Options.of(GgmlType.Q4_K));
            assertThat(written.error().count()).isZero();
            try (var copy = GgufModelFile.open(again)) {
                for (var tensor : copy.file().tensors()) {
                    var same = read.file().tensors().stream()
                            .filter(other -> other.name().equals(tensor.name()))
                            .findFirst()
                            .orElseThrow();
                    assertThat(copy.file().data(tensor).mismatch(read.file().data(same)))
                            .as(tensor.name())
                            .isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void vocabularyTemplateAndEnds() throws IOException {
        ModelSpec spec = TinyModels.decoders().get("qwen2");
        var ends = new TextEnds(OptionalInt.of(3), List.of(0, 7));
        var options = new Options(
                GgmlType.F16,
                Optional.of(TinyModels.tokenizer()),
                ends,
                Optional.of("{{ messages }}"),
                Optional.of("tiny"));
        try (var model = TinyModels.model(spec, 1);
                var weights = weights(model)) {
            GgufModelWriter.write(file(), spec, weights, options);
        }
        try (var read = GgufModelFile.open(file())) {
            assertThat(read.ends()).isEqualTo(ends);
            assertThat(read.chatTemplate()).contains("{{ messages }}");
            assertThat(read.file().text("general.name")).contains("tiny");
            assertThat(Tokenizers.read(file()).encode("the cat"))
                    .isEqualTo(TinyModels.tokenizer().encode("the cat"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, activation_function, relu",
        "gpt2, scale_attn_weights, false",
        "gpt2, scale_attn_by_inverse_layer_idx, true",
        "bloom, apply_residual_connection_post_layernorm, true",
        "qwen3moe, norm_topk_prob, false",
        "gemma2, query_pre_attn_scalar, 7",
        "gemma3, rope_local_base_freq, 500",
        "olmoe, norm_topk_prob, true"
    })
    void whatGgufCannotSay(String name, String key, String value) throws IOException {
        Object typed = value.equals("true") || value.equals("false")
                ? Boolean.valueOf(value)
                : Character.isDigit(value.charAt(0)) ? Integer.valueOf(value) : value;
        ModelSpec spec = changed(name, key, typed);
        try (var model = TinyModels.model(spec, 1);
                var weights = weights(model)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GgufModelWriter.write(file(), spec, weights, Options.of(GgmlType.F32)))
                    .withMessageContaining("cannot say that " + key + " is "
                            + value.substring(0, 1).replace("r", "\"r"));
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void missingAndUnusedTensorsAreNamed() throws IOException {
        ModelSpec spec = TinyModels.small("llama");
        try (var model = TinyModels.model(spec, 1);
                var weights = weights(model)) {
            List<OutgoingTensor> some = new ArrayList<>();
            for (String name : weights.names()) {
                StoredTensor tensor = weights.find(name).orElseThrow();
                some.add(OutgoingTensor.of(
                        name.endsWith("1.mlp.up_proj.weight")
                                ? new StoredTensor("other.weight", tensor.dtype(), tensor.shape(), tensor.bytes())
                                : tensor));
            }
            Path damaged = folder.resolve("damaged.safetensors");
            SafetensorsWriter.write(damaged, some);
            try (var source = Safetensors.open(damaged)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> GgufModelWriter.write(file(), spec, source, Options.of(GgmlType.F32)))
                        .withMessageContaining("unused other.weight")
                        .withMessageContaining("missing model.layers.1.mlp.up_proj.weight")
                        .withMessageContaining(damaged.toString());
            }
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void numbersBeyondTheFormatAreRefused() throws IOException {
        ModelSpec spec = TinyModels.small("llama");
        try (var model = TinyModels.model(spec, 1)) {
            try (var _ = Scope.open("change");
                    var _ = Grad.off()) {
                model.parameters().list().getFirst().tensor().mulInPlace(1e30);
            }
            try (var weights = weights(model)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> GgufModelWriter.write(file(), spec, weights, Options.of(GgmlType.F16)))
                        .withMessageContaining("token_embd.weight")
                        .withMessageContaining("F16");
            }
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void typesThatModelsAreNotWrittenIn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of(GgmlType.Q2_K))
                .withMessageContaining("F32, F16, BF16, Q8_0, Q4_0 or Q4_K");
    }
}
