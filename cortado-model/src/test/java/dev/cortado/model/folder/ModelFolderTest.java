package dev.cortado.model.folder;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.CausalLm;
import dev.cortado.model.Parameter;
import dev.cortado.model.Pass;
import dev.cortado.model.TinyLlama;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.ModelWeightsWriter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(StrictScopes.class)
class ModelFolderTest {
    private static final LlamaSpec SPEC = new LlamaSpec(11, 16, 6, 2, 4, 2, 4, 10, 1e-5, 500_000, false);
    private static final TextEnds NONE = new TextEnds(OptionalInt.empty(), List.of());
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    ModelFolderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static void write(LlamaSpec spec, TextEnds ends, Path folder) throws IOException {
        try (var model = TinyLlama.model(spec, new SplittableRandom(1))) {
            ModelFolder.write(model, ends, folder);
        }
    }

    private static JsonNode config(Path folder) {
        return JSON.readTree(folder.resolve("config.json").toFile());
    }

    @Test
    void whatIsWrittenIsRead() {
        Seeds.repeat(5, random -> {
            LlamaSpec spec = TinyLlama.spec(random);
            var ends = new TextEnds(OptionalInt.of(3), List.of(4, 2));
            Path inside = folder.resolve("a/model");
            try (var model = TinyLlama.model(spec, random)) {
                ModelFolder.write(model, ends, inside);
                assertThat(ModelFolder.spec(inside)).isEqualTo(spec);
                assertThat(ModelFolder.ends(inside)).isEqualTo(ends);
                try (CausalLm again = ModelFolder.openDecoder(inside, Device.CPU)) {
                    assertThat(again.spec()).isEqualTo(spec);
                    List<Parameter> before = model.parameters().list();
                    List<Parameter> after = again.parameters().list();
                    assertThat(after).hasSameSizeAs(before);
                    for (int i = 0; i < before.size(); i++) {
                        assertThat(after.get(i).name()).isEqualTo(before.get(i).name());
                        assertTensor(after.get(i).tensor())
                                .isSameAs(before.get(i).tensor());
                    }
                    Tensor ids = Tensors.of(TinyLlama.ids(spec, random, 5), 1, 5);
                    assertTensor(again.forward(ids, Pass.evaluation(Device.CPU)))
                            .isSameAs(model.forward(ids, Pass.evaluation(Device.CPU)));
                }
            }
        });
    }

    @Test
    void theConfigurationIsHuggingFaces() throws IOException {
        write(SPEC, new TextEnds(OptionalInt.of(1), List.of(2)), folder);
        JsonNode config = config(folder);
        assertThat(config.get("architectures").get(0).stringValue()).isEqualTo("LlamaForCausalLM");
        assertThat(config.get("model_type").stringValue()).isEqualTo("llama");
        assertThat(config.get("vocab_size").intValue()).isEqualTo(11);
        assertThat(config.get("max_position_embeddings").intValue()).isEqualTo(16);
        assertThat(config.get("hidden_size").intValue()).isEqualTo(6);
        assertThat(config.get("num_hidden_layers").intValue()).isEqualTo(2);
        assertThat(config.get("num_attention_heads").intValue()).isEqualTo(4);
        assertThat(config.get("num_key_value_heads").intValue()).isEqualTo(2);
        assertThat(config.get("head_dim").intValue()).isEqualTo(4);
        assertThat(config.get("intermediate_size").intValue()).isEqualTo(10);
        assertThat(config.get("rms_norm_eps").doubleValue()).isEqualTo(1e-5);
        assertThat(config.get("rope_theta").doubleValue()).isEqualTo(500_000);
        assertThat(config.get("tie_word_embeddings").booleanValue()).isFalse();
        assertThat(config.get("hidden_act").stringValue()).isEqualTo("silu");
        assertThat(config.get("bos_token_id").intValue()).isEqualTo(1);
        assertThat(config.get("eos_token_id").intValue()).isEqualTo(2);
        assertThat(folder).isDirectoryContaining("glob:**/model.safetensors");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "generation_config.json", "model.safetensors");
        }
    }

    @Test
    void endsComeFromTheGenerationConfigurationFirst() throws IOException {
        write(SPEC, new TextEnds(OptionalInt.of(1), List.of(2)), folder);
        Path generation = folder.resolve("generation_config.json");
        Files.writeString(generation, "{\"eos_token_id\": [5, 7]}");
        assertThat(ModelFolder.ends(folder)).isEqualTo(new TextEnds(OptionalInt.of(1), List.of(5, 7)));
        Files.delete(generation);
        assertThat(ModelFolder.ends(folder)).isEqualTo(new TextEnds(OptionalInt.of(1), List.of(2)));
        write(SPEC, NONE, folder);
        assertThat(ModelFolder.ends(folder)).isEqualTo(NONE);
        assertThat(config(folder).has("eos_token_id")).isFalse();
        Files.writeString(generation, "{\"eos_token_id\": \"</s>\"}");
        assertThatThrownBy(() -> ModelFolder.ends(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(generation.toString())
                .hasMessageContaining("eos_token_id");
    }

    @Test
    void halfPrecisionWeightsAreReadAsSingle() throws IOException {
        write(SPEC, NONE, folder);
        List<OutgoingTensor> halves = new ArrayList<>();
        try (var weights = ModelWeights.open(folder)) {
            for (String name : weights.names()) {
                var stored = weights.find(name).orElseThrow();
                Tensor half = Tensors.copyOf(stored.bytes(), stored.dtype(), stored.shape())
                        .to(DType.BF16);
                halves.add(OutgoingTensor.of(name, DType.BF16, stored.shape(), half.bytes()));
            }
        }
        Path other = folder.resolve("half");
        ModelWeightsWriter.write(other, halves, 100); // many shards as well
        Files.copy(folder.resolve("config.json"), other.resolve("config.json"));
        try (CausalLm exact = ModelFolder.openDecoder(folder, Device.CPU);
                CausalLm rounded = ModelFolder.openDecoder(other, Device.CPU)) {
            for (int i = 0; i < exact.parameters().list().size(); i++) {
                Tensor before = exact.parameters().list().get(i).tensor();
                assertTensor(rounded.parameters().list().get(i).tensor())
                        .isSameAs(before.to(DType.BF16).to(DType.F32));
            }
        }
    }

    /// Rewrites the weights with some tensors left out, others added.
    private void rewrite(List<String> without, List<OutgoingTensor> with) throws IOException {
        List<OutgoingTensor> tensors = new ArrayList<>(with);
        try (var weights = ModelWeights.open(folder)) {
            for (String name : weights.names()) {
                if (!without.contains(name)) {
                    var stored = weights.find(name).orElseThrow();
                    byte[] bytes = stored.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                    tensors.add(OutgoingTensor.of(name, stored.dtype(), stored.shape(), MemorySegment.ofArray(bytes)));
                }
            }
        }
        ModelWeightsWriter.write(folder, tensors);
    }

    private static OutgoingTensor floats(String name, long... sizes) {
        Shape shape = Shape.of(sizes);
        return OutgoingTensor.of(name, DType.F32, shape, MemorySegment.ofArray(new float[(int) shape.count()]));
    }

    @Test
    void everyMisfitIsNamedInOneError() throws IOException {
        write(SPEC, NONE, folder);
        rewrite(
                List.of(
                        "model.norm.weight",
                        "model.layers.1.mlp.up_proj.weight",
                        "model.layers.0.self_attn.q_proj.weight"),
                List.of(
                        floats("model.layers.0.self_attn.q_proj.weight", 6, 16),
                        floats("model.layers.0.self_attn.q_proj.bias", 16),
                        floats("model.layers.2.mlp.up_proj.weight", 10, 6)));
        assertThatThrownBy(() -> ModelFolder.openDecoder(folder, Device.CPU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(folder.resolve("model.safetensors") + " does not fit its configuration: ")
                .hasMessageContaining("missing model.norm.weight [6]")
                .hasMessageContaining("missing model.layers.1.mlp.up_proj.weight [10, 6]")
                .hasMessageContaining(
                        "model.layers.0.self_attn.q_proj.weight is [6, 16] where the configuration says [16, 6]")
                .hasMessageContaining("unused model.layers.0.self_attn.q_proj.bias")
                .hasMessageContaining("unused model.layers.2.mlp.up_proj.weight")
                .message()
                .doesNotContain("\n")
                .doesNotContain("embed_tokens");
    }

    @Test
    void manyMisfitsAreCounted() throws IOException {
        write(SPEC, NONE, folder);
        ModelWeightsWriter.write(folder, List.of(floats("model.norm.weight", 6)));
        int missing = 1 + 2 * 9 + 1; // embedding, layers, head
        assertThatThrownBy(() -> ModelFolder.openDecoder(folder, Device.CPU))
                .hasMessageContaining("missing model.embed_tokens.weight")
                .hasMessageEndingWith("; and " + (missing - 8) + " more");
    }

    @Test
    void aFileThatIsNotThereIsSaidToBeMissing() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> ModelFolder.openDecoder(nowhere, Device.CPU))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(nowhere.toString());
        assertThatThrownBy(() -> ModelFolder.spec(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("config.json");
        write(SPEC, NONE, folder);
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelFolder.openDecoder(folder, Device.CPU))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("model.safetensors");
    }

    @Test
    void layersThatAreNotThereAreNotFollowedToTheEnd() throws IOException {
        write(SPEC, NONE, folder);
        var config = (ObjectNode) config(folder);
        config.put("num_hidden_layers", 9_999);
        Files.writeString(folder.resolve("config.json"), config.toString());
        assertThatThrownBy(() -> ModelFolder.openDecoder(folder, Device.CPU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing model.layers.")
                .hasMessageContaining("and 992 more");
    }

    /// Opens the model after its configuration has been changed.
    private void assertRefused(java.util.function.Consumer<ObjectNode> change, String... words) throws IOException {
        write(SPEC, NONE, folder);
        var config = (ObjectNode) config(folder);
        change.accept(config);
        Path file = folder.resolve("config.json");
        Files.writeString(file, config.toString());
        assertThatThrownBy(() -> ModelFolder.openDecoder(folder, Device.CPU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words)
                .message()
                .startsWith(file.toString())
                .doesNotContain("\n")
                .containsOnlyOnce(file.toString());
    }

    @Test
    void aConfigurationIsRefusedWithItsFileAndKey() throws IOException {
        for (String key :
                List.of("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")) {
            assertRefused(config -> config.remove(key), "lacks '" + key + "'");
            assertRefused(config -> config.putNull(key), "lacks '" + key + "'");
            assertRefused(config -> config.put(key, "six"), "'" + key + "' is \"six\", not a whole number");
            assertRefused(config -> config.put(key, 6.5), "'" + key + "' is 6.5, not a whole number");
            assertRefused(config -> config.put(key, 1L << 40), "'" + key + "' is 1099511627776");
        }
        assertRefused(config -> config.put("rms_norm_eps", "tiny"), "'rms_norm_eps' is \"tiny\", not a number");
        assertRefused(config -> config.put("tie_word_embeddings", 1), "'tie_word_embeddings' is 1, not true or false");
        assertRefused(config -> config.put("num_key_value_heads", 3), "heads 4", "kvHeads 3");
        assertRefused(config -> config.put("head_dim", 5), "rotary", "5 channels");
        assertRefused(config -> config.put("num_hidden_layers", 0), "layers 0");
        assertRefused(config -> config.put("vocab_size", -1), "vocabSize -1");
        assertRefused(config -> config.put("rms_norm_eps", 0), "normEpsilon");
        assertRefused(
                config -> {
                    config.remove("head_dim");
                    config.put("num_attention_heads", 5);
                },
                "hidden_size 6",
                "num_attention_heads 5");
    }

    @Test
    void aFeatureThatIsNotThereIsRefused() throws IOException {
        assertRefused(config -> config.putObject("rope_scaling").put("rope_type", "llama3"), "lacks 'factor'");
        assertRefused(config -> config.putObject("rope_scaling").put("rope_type", "spiral"), "spiral", "llama3");
        assertRefused(config -> config.put("hidden_act", "gelu"), "hidden_act gelu");
        assertRefused(
                config -> config.putArray("architectures").add("GalacticModel"), "GalacticModel", "LlamaForCausalLM");
        assertRefused(config -> config.removeAll(), "architectures");
        assertRefused(config -> config.put("model_type", "galactic").putArray("architectures"), "architectures");
    }

    @Test
    void aFileThatIsNoConfigurationIsRefused() throws IOException {
        Path file = folder.resolve("config.json");
        for (String text : List.of("", "[1]", "{\"a\": }", "{", "null", "\u0000")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> ModelFolder.spec(folder))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(file + " is not ");
        }
    }

    @Test
    void whatIsAbsentIsAsInHuggingFace() throws IOException {
        Files.writeString(folder.resolve("config.json"), """
            {"architectures": ["LlamaForCausalLM"], "vocab_size": 32000, "hidden_size": 64,
             "num_hidden_layers": 2, "num_attention_heads": 8, "intermediate_size": 100}
            """);
        assertThat(ModelFolder.spec(folder))
                .isEqualTo(new LlamaSpec(32_000, 2048, 64, 2, 8, 8, 8, 100, 1e-6, 10_000, false));
    }
}
