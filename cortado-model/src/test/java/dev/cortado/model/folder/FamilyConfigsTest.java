package dev.cortado.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.Encoder;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.Storage;
import dev.cortado.model.arch.DecoderSizes;
import dev.cortado.model.arch.Gemma2Spec;
import dev.cortado.model.arch.Gemma3Spec;
import dev.cortado.model.arch.GemmaScores;
import dev.cortado.model.arch.GemmaSpec;
import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.arch.MistralSpec;
import dev.cortado.model.arch.Phi3Spec;
import dev.cortado.model.arch.Qwen2Spec;
import dev.cortado.model.arch.Qwen3Spec;
import dev.cortado.model.arch.SlidingLayers;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.layer.RopeScaling;
import dev.cortado.model.layer.Rotary;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.ModelWeightsWriter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Shape;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `config.json` of Llama's descendants says, what it means where it says nothing, and what is refused.
@ExtendWith(StrictScopes.class)
class FamilyConfigsTest {
    private static final String SIZES = """
        "vocab_size": 100, "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 8,
        "intermediate_size": 90\
        """;

    @TempDir
    private Path folder;

    private <T extends ModelSpec> T read(String architecture, String more, Class<T> type) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\": [\"" + architecture + "\"], " + SIZES + (more.isEmpty() ? "" : ", " + more) + "}");
        T spec = type.cast(ModelFolder.spec(folder));
        // What is written says the same.
        Path again = Files.createDirectories(folder.resolve("again"));
        ConfigFile.write(spec.config(), again.resolve("config.json"));
        assertThat(ModelFolder.spec(again)).isEqualTo(spec);
        return spec;
    }

    private void assertRefused(String architecture, String more, String... words) {
        assertThatThrownBy(() -> read(architecture, more, ModelSpec.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words)
                .message()
                .startsWith(folder.resolve("config.json").toString())
                .containsOnlyOnce("config.json")
                .doesNotContain("\n");
    }

    private Rotary llamaRotary(String more) throws IOException {
        return read("LlamaForCausalLM", "\"max_position_embeddings\": 400, " + more, LlamaSpec.class)
                .rotary();
    }

    private static DecoderSizes sizes(int context, int kvHeads, int headDim, double epsilon, boolean tied) {
        return new DecoderSizes(100, context, 64, 3, 8, kvHeads, headDim, epsilon, tied);
    }

    @Test
    void whatIsAbsentIsAsInHuggingFace() throws IOException {
        assertThat(read("MistralForCausalLM", "", MistralSpec.class))
                .isEqualTo(new MistralSpec(
                        sizes(131_072, 8, 8, 1e-6, false), 90, Rotary.of(8, 10_000), OptionalInt.of(4096)));
        assertThat(read("Qwen2ForCausalLM", "\"num_key_value_heads\": null", Qwen2Spec.class))
                .isEqualTo(new Qwen2Spec(
                        sizes(32_768, 8, 8, 1e-6, false), 90, Rotary.of(8, 10_000), SlidingLayers.none(3)));
        assertThat(read("Qwen3ForCausalLM", "\"num_key_value_heads\": 2", Qwen3Spec.class))
                .isEqualTo(new Qwen3Spec(
                        sizes(32_768, 2, 128, 1e-6, false), 90, Rotary.of(128, 10_000), SlidingLayers.none(3), false));
        assertThat(read("Phi3ForCausalLM", "", Phi3Spec.class))
                .isEqualTo(new Phi3Spec(sizes(4096, 8, 8, 1e-5, false), 90, Rotary.of(8, 10_000), OptionalInt.empty()));
        assertThat(read("GemmaForCausalLM", "\"num_key_value_heads\": null, \"hidden_act\": \"gelu\"", GemmaSpec.class))
                .isEqualTo(new GemmaSpec(sizes(8192, 8, 256, 1e-6, true), 90, Rotary.of(256, 10_000), false));
        assertThat(read("Gemma2ForCausalLM", "", Gemma2Spec.class))
                .isEqualTo(new Gemma2Spec(
                        sizes(8192, 4, 256, 1e-6, true),
                        90,
                        Rotary.of(256, 10_000),
                        SlidingLayers.where(4096, 3, i -> i != 1),
                        false,
                        new GemmaScores(256, OptionalDouble.of(50)),
                        OptionalDouble.of(30)));
        assertThat(read("Gemma3ForCausalLM", "\"sliding_window_pattern\": 2", Gemma3Spec.class))
                .isEqualTo(new Gemma3Spec(
                        sizes(131_072, 4, 256, 1e-6, true),
                        90,
                        Rotary.of(256, 1_000_000),
                        Rotary.of(256, 10_000),
                        SlidingLayers.where(4096, 3, i -> i != 1),
                        false,
                        new GemmaScores(256, OptionalDouble.empty()),
                        OptionalDouble.empty()));
        assertRefused("Qwen2ForCausalLM", "", "heads 8", "kvHeads 32");
    }

    @Test
    void nullIsNoWindowAndNoBound() throws IOException {
        assertThat(read("MistralForCausalLM", "\"sliding_window\": null", MistralSpec.class)
                        .window())
                .isEmpty();
        assertThat(read("MistralForCausalLM", "\"sliding_window\": 7, \"head_dim\": null", MistralSpec.class)
                        .window())
                .hasValue(7);
        var gemma = read(
                "Gemma2ForCausalLM",
                "\"attn_logit_softcapping\": null, \"final_logit_softcapping\": null, \"query_pre_attn_scalar\": 144",
                Gemma2Spec.class);
        assertThat(gemma.scores()).isEqualTo(new GemmaScores(144, OptionalDouble.empty()));
        assertThat(gemma.finalCap()).isEmpty();
    }

    @Test
    void qwensWindowsAreInLaterLayersAndOnlyWhereTheyAreUsed() throws IOException {
        String kv = "\"num_key_value_heads\": 8, \"sliding_window\": 5, ";
        assertThat(read("Qwen2ForCausalLM", kv + "\"max_window_layers\": 1", Qwen2Spec.class)
                        .sliding())
                .isEqualTo(SlidingLayers.none(3));
        String used = kv + "\"use_sliding_window\": true";
        assertThat(read("Qwen2ForCausalLM", used + ", \"max_window_layers\": 1", Qwen2Spec.class)
                        .sliding())
                .isEqualTo(SlidingLayers.where(5, 3, i -> i >= 1));
        assertThat(read("Qwen3ForCausalLM", used, Qwen3Spec.class).sliding().of(2))
                .isEmpty();
        String types = ", \"layer_types\": [\"sliding_attention\", \"full_attention\", \"sliding_attention\"]";
        assertThat(read("Qwen3ForCausalLM", used + types, Qwen3Spec.class).sliding())
                .isEqualTo(SlidingLayers.where(5, 3, i -> i != 1));
        assertRefused("Qwen3ForCausalLM", kv + "\"use_sliding_window\": false" + types, "no sliding_window is set");
        assertRefused("Qwen2ForCausalLM", used + ", \"layer_types\": [\"full_attention\"]", "names 1 of 3 layers");
        assertRefused(
                "Qwen2ForCausalLM",
                used + ", \"layer_types\": [\"full_attention\", \"chunked_attention\", \"full_attention\"]",
                "chunked_attention");
    }

    @Test
    void rotaryScalingIsReadInAllItsSpellings() throws IOException {
        var linear = new RopeScaling.Linear(4);
        assertThat(llamaRotary("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}"))
                .isEqualTo(Rotary.of(8, 10_000).with(linear));
        assertThat(llamaRotary("\"rope_theta\": 500, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4}"))
                .isEqualTo(Rotary.of(8, 500).with(linear));
        assertThat(llamaRotary("\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 4, \"rope_theta\": 500}"))
                .isEqualTo(Rotary.of(8, 500).with(linear));
        assertThat(llamaRotary("\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 500.0}"))
                .isEqualTo(Rotary.of(8, 500));
        assertThat(llamaRotary("\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}")
                        .scaling())
                .isEqualTo(new RopeScaling.Dynamic(2, 400));
        assertThat(llamaRotary("\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\":"
                                + " 1.0,\"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 50}")
                        .scaling())
                .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 50));
        assertThat(llamaRotary("\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4.0,"
                                + "\"original_max_position_embeddings\": 100, \"beta_fast\": null}")
                        .scaling())
                .isEqualTo(RopeScaling.Yarn.of(4, 100));
        assertThat(llamaRotary("\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4.0, \"attention_factor\": 0.5,"
                                + "\"mscale\": 0.7, \"mscale_all_dim\": 0.8, \"beta_fast\": 20, \"beta_slow\": 2,"
                                + "\"truncate\": false}")
                        .scaling())
                .isEqualTo(new RopeScaling.Yarn(
                        4, 400, OptionalDouble.of(0.5), OptionalDouble.of(0.7), OptionalDouble.of(0.8), 20, 2, false));
    }

    @Test
    void rotaryScalingThatIsIncompleteIsRefused() {
        String llama = "LlamaForCausalLM";
        assertRefused(llama, "\"rope_scaling\": {\"type\": \"linear\"}", "lacks 'factor'");
        assertRefused(llama, "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}", "factor 0.0");
        assertRefused(llama, "\"rope_scaling\": {\"type\": \"llama3\", \"factor\": 8}", "lacks 'low_freq_factor'");
        assertRefused(llama, "\"rope_scaling\": {\"type\": \"mrope\"}", "'mrope'", "known are default, linear");
        assertRefused(llama, "\"rope_scaling\": 4", "'rope_scaling' is 4, not an object");
        assertRefused(llama, "\"rope_theta\": -1", "theta -1");
        assertRefused(
                llama, "\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 5}}", "for each kind of layer");
        assertRefused(
                "Gemma3ForCausalLM",
                "\"rope_parameters\": {\"rope_theta\": 5}",
                "where each kind of layer has its own");
        assertRefused(
                "Phi3ForCausalLM",
                "\"rope_scaling\": {\"type\": \"su\", \"short_factor\": [1, 2], \"long_factor\": 3}",
                "2 short_factor and 0 long_factor where 8 channels turn");
    }

    @Test
    void phi3sLongTexts() throws IOException {
        String factors = "\"short_factor\": [1.0, 1.5], \"long_factor\": [2.0, 8.0]}";
        String context = "\"max_position_embeddings\": 800, \"partial_rotary_factor\": 0.5, ";
        double stretched = RopeScaling.LongRope.attentionFactor(8, 100);
        var scaling = new RopeScaling.LongRope(List.of(1.0, 1.5), List.of(2.0, 8.0), 100, stretched);
        for (String type : List.of("su", "yarn", "longrope")) {
            var spec = read(
                    "Phi3ForCausalLM",
                    context + "\"original_max_position_embeddings\": 100, \"rope_scaling\": {\"type\": \"" + type
                            + "\", " + factors,
                    Phi3Spec.class);
            assertThat(spec.rotary()).isEqualTo(Rotary.of(4, 10_000).with(scaling));
        }
        var newer = read(
                "Phi3ForCausalLM",
                "\"max_position_embeddings\": 800, \"rope_parameters\": {\"rope_type\": \"longrope\","
                        + "\"rope_theta\": 500, \"partial_rotary_factor\": 0.5,"
                        + "\"original_max_position_embeddings\": 100, " + factors,
                Phi3Spec.class);
        assertThat(newer.rotary()).isEqualTo(Rotary.of(4, 500).with(scaling));
        assertThat(newer.config().get("rope_scaling").propertyNames())
                .containsExactly("type", "short_factor", "long_factor");
        assertThat(newer.config().has("pad_token_id")).isTrue();
        for (int turning = 2; turning <= 196; turning += 2) {
            var part =
                    new Phi3Spec(sizes(4096, 8, 196, 1e-5, false), 90, Rotary.of(turning, 10_000), OptionalInt.empty());
            ConfigFile.write(part.config(), folder.resolve("config.json"));
            assertThat(ModelFolder.spec(folder)).isEqualTo(part);
        }
        assertRefused("Phi3ForCausalLM", "\"partial_rotary_factor\": 1.5", "12 channels are to turn");
    }

    @Test
    void gemma3sKindsOfLayersHaveRotaryPositionsOfTheirOwn() throws IOException {
        var older = read(
                "Gemma3ForCausalLM",
                "\"head_dim\": 8, \"rope_theta\": 70, \"rope_local_base_freq\": 20, \"_sliding_window_pattern\": 3,"
                        + "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8}",
                Gemma3Spec.class);
        assertThat(older.rotary()).isEqualTo(Rotary.of(8, 70).with(new RopeScaling.Linear(8)));
        assertThat(older.localRotary()).isEqualTo(Rotary.of(8, 20));
        assertThat(older.sliding()).isEqualTo(SlidingLayers.where(4096, 3, i -> i != 2));
        var newer = read(
                "Gemma3ForCausalLM",
                "\"head_dim\": 8, \"rope_parameters\": {"
                        + "\"full_attention\": {\"rope_type\": \"linear\", \"factor\": 8, \"rope_theta\": 70},"
                        + "\"sliding_attention\": {\"rope_type\": \"dynamic\", \"factor\": 2, \"rope_theta\": 20}}",
                Gemma3Spec.class);
        assertThat(newer.rotary()).isEqualTo(older.rotary());
        assertThat(newer.localRotary()).isEqualTo(Rotary.of(8, 20).with(new RopeScaling.Dynamic(2, 131_072)));
        assertRefused("Gemma3ForCausalLM", "\"use_bidirectional_attention\": true", "use_bidirectional_attention");
        assertRefused("Gemma3ForCausalLM", "\"rope_local_base_freq\": 0", "theta 0");
        assertRefused("Gemma3ForCausalLM", "\"hidden_activation\": \"gelu\"", "hidden_activation gelu");
        assertRefused("Gemma3ForCausalLM", "\"sliding_window_pattern\": 0", "sliding_window_pattern 0");
    }

    @Test
    void whatOtherNumbersThereMustNotBeIsRefused() {
        for (String family : List.of("Llama", "Mistral", "Qwen2", "Qwen3", "Phi3")) {
            assertRefused(family + "ForCausalLM", "\"hidden_act\": \"relu\"", "hidden_act relu", family);
        }
        assertRefused("MistralForCausalLM", "\"sliding_window\": 0", "sliding_window 0");
        assertRefused("Phi3ForCausalLM", "\"sliding_window\": -1", "sliding_window -1");
        assertRefused("Gemma2ForCausalLM", "\"query_pre_attn_scalar\": 0", "query_pre_attn_scalar 0");
        assertRefused("Gemma2ForCausalLM", "\"final_logit_softcapping\": -3", "bound of -3");
        assertRefused("MistralForCausalLM", "\"num_hidden_layers\": 2000000000", "num_hidden_layers 2000000000");
        assertRefused("LlamaForCausalLM", "\"num_hidden_layers\": 2000000000", "num_hidden_layers 2000000000");
    }

    @Test
    void keysWithoutEffectAreIgnored() throws IOException {
        var plain = read("LlamaForCausalLM", "", LlamaSpec.class);
        String more =
                "\"pretraining_tp\": 2, \"attention_dropout\": 0.1, \"sliding_window\": 9, \"dtype\": \"bfloat16\"";
        assertThat(read("LlamaForCausalLM", more, LlamaSpec.class)).isEqualTo(plain);
        assertThat(read("LlamaForCausalLM", "\"attention_bias\": true, \"mlp_bias\": true", LlamaSpec.class)
                        .biases())
                .isEqualTo(new LlamaSpec.Biases(true, true));
    }

    @Test
    void modelsWithoutHeadAndTypesWithoutArchitecture() throws IOException {
        String kv = "\"num_key_value_heads\": 2";
        assertThat(read("MistralModel", kv, MistralSpec.class)).isNotNull();
        assertThat(read("Qwen2Model", kv, Qwen2Spec.class)).isNotNull();
        assertThat(read("Gemma3TextModel", kv, Gemma3Spec.class)).isNotNull();
        for (String type : List.of("llama", "mistral", "qwen2", "qwen3", "phi3", "gemma", "gemma2", "gemma3_text")) {
            Files.writeString(
                    folder.resolve("config.json"), "{\"model_type\": \"" + type + "\", " + SIZES + ", " + kv + "}");
            assertThat(ModelFolder.spec(folder).config().get("model_type").stringValue())
                    .isEqualTo(type);
        }
    }

    /// Names without `model.`, a tied head stored again and old buffers.
    @Test
    void checkpointsOfTheBareModelAndWithStraysAreRead() throws IOException {
        var spec = new Gemma2Spec(
                new DecoderSizes(9, 16, 8, 2, 2, 1, 4, 1e-6, true),
                6,
                Rotary.of(4, 10_000),
                SlidingLayers.where(3, 2, i -> i == 0),
                false,
                new GemmaScores(4, OptionalDouble.empty()),
                OptionalDouble.of(30));
        try (var model = spec.build(Params.initialised(5, Device.CPU), Device.CPU)) {
            ModelFolder.write(model, new TextEnds(OptionalInt.empty(), List.of()), folder);
        }
        List<OutgoingTensor> bare = new ArrayList<>();
        bare.add(floats("lm_head.weight", 9, 8));
        bare.add(floats("layers.0.self_attn.rotary_emb.inv_freq", 2));
        try (var weights = ModelWeights.open(folder)) {
            for (String name : weights.names()) {
                var stored = weights.find(name).orElseThrow();
                bare.add(
                        floats(name.substring("model.".length()), stored.shape().sizes()));
            }
        }
        ModelWeightsWriter.write(folder, bare);
        try (var model = ModelFolder.openDecoder(folder, Device.CPU)) {
            assertThat(model.spec()).isEqualTo(spec);
            assertThat(model.parameters().mentions()).isNotEmpty();
        }
        var config = spec.config();
        config.putArray("architectures").add("Gemma2Model");
        ConfigFile.write(config, folder.resolve("config.json"));
        try (var model = ModelFolder.open(folder, Device.CPU, Storage.MAPPED)) {
            assertThat(model).isInstanceOf(Encoder.class);
        }
    }

    private static OutgoingTensor floats(String name, long... sizes) {
        Shape shape = Shape.of(sizes);
        return OutgoingTensor.of(name, DType.F32, shape, MemorySegment.ofArray(new float[(int) shape.count()]));
    }
}
