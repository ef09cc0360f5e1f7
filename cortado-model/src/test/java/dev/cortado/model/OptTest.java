package dev.cortado.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.arch.OptSpec;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import dev.cortado.testkit.NaiveOpt;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(StrictScopes.class)
class OptTest {
    private static final OptSpec SPEC =
            new OptSpec(11, 16, 6, 4, 2, 2, 10, Activation.RELU, true, true, true, true, true);

    private final Path folder;

    OptTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static OptSpec spec(RandomGenerator random) {
        int heads = random.nextInt(1, 4);
        boolean normFirst = random.nextBoolean();
        int width = heads * random.nextInt(3, 7);
        return new OptSpec(
                random.nextInt(5, 30),
                random.nextInt(12, 20),
                width,
                random.nextBoolean() ? width : random.nextInt(2, 9),
                random.nextInt(1, 4),
                heads,
                random.nextInt(1, 20),
                TinyGpts.activation(random),
                normFirst,
                normFirst && random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private static NaiveOpt naive(OptSpec spec, Map<String, double[][]> weights) {
        return new NaiveOpt(
                spec.layers(),
                spec.heads(),
                TinyGpts.naive(spec.activation()),
                spec.normFirst(),
                spec.finalNorm(),
                weights);
    }

    @Test
    void theLawsOfDecodersHold() {
        Seeds.repeat(4, random -> DecoderLaws.hold(spec(random), random, folder));
    }

    @Test
    void logitsEqualTheNaiveOnes() {
        Seeds.repeat(20, random -> {
            OptSpec spec = spec(random);
            try (var model = DecoderLaws.random(spec, random)) {
                DecoderLaws.equalsNaive(model, random, naive(spec, DecoderLaws.weights(model))::logits);
            }
        });
    }

    @Test
    void parametersAreHuggingFaces() {
        var untied = new OptSpec(11, 16, 6, 4, 2, 2, 10, Activation.RELU, true, true, true, true, false);
        try (var model = untied.build(Params.initialised(1, Device.CPU), Device.CPU)) {
            assertThat(DecoderLaws.shapes(model).stream().filter(line -> !line.contains("layers.1.")))
                    .containsExactlyInAnyOrder(
                            "model.decoder.embed_tokens.weight [11, 4]",
                            "model.decoder.embed_positions.weight [18, 6]",
                            "model.decoder.project_in.weight [6, 4]",
                            "model.decoder.project_out.weight [4, 6]",
                            "model.decoder.layers.0.self_attn_layer_norm.weight [6]",
                            "model.decoder.layers.0.self_attn_layer_norm.bias [6]",
                            "model.decoder.layers.0.self_attn.q_proj.weight [6, 6]",
                            "model.decoder.layers.0.self_attn.q_proj.bias [6]",
                            "model.decoder.layers.0.self_attn.k_proj.weight [6, 6]",
                            "model.decoder.layers.0.self_attn.k_proj.bias [6]",
                            "model.decoder.layers.0.self_attn.v_proj.weight [6, 6]",
                            "model.decoder.layers.0.self_attn.v_proj.bias [6]",
                            "model.decoder.layers.0.self_attn.out_proj.weight [6, 6]",
                            "model.decoder.layers.0.self_attn.out_proj.bias [6]",
                            "model.decoder.layers.0.fc1.weight [10, 6]",
                            "model.decoder.layers.0.fc1.bias [10]",
                            "model.decoder.layers.0.fc2.weight [6, 10]",
                            "model.decoder.layers.0.fc2.bias [6]",
                            "model.decoder.layers.0.final_layer_norm.weight [6]",
                            "model.decoder.layers.0.final_layer_norm.bias [6]",
                            "model.decoder.final_layer_norm.weight [6]",
                            "model.decoder.final_layer_norm.bias [6]",
                            "lm_head.weight [11, 4]");
        }
        try (var model = SPEC.build(Params.initialised(1, Device.CPU), Device.CPU)) {
            assertThat(model.parameters().list().stream().map(Parameter::name)).doesNotContain("lm_head.weight");
        }
    }

    @Test
    void checkpointsOfAllKindsAreRead() {
        Seeds.repeat(
                1,
                random -> Checkpoints.variantsAreRead(
                        SPEC,
                        random,
                        folder,
                        "OPTModel",
                        "lm_head.weight",
                        "lm_head.weight",
                        "decoder.version",
                        "model.decoder.version",
                        "score.weight"));
    }

    @Test
    void whatIsAbsentIsAsInHuggingFace() {
        assertThat(Checkpoints.spec(folder, "{\"model_type\": \"opt\"}"))
                .isEqualTo(new OptSpec(
                        50_272, 2048, 768, 768, 12, 12, 3072, Activation.RELU, true, true, true, true, true));
        assertThat(Checkpoints.spec(folder, """
            {"architectures": ["OPTForCausalLM"], "hidden_size": 8, "word_embed_proj_dim": 4, "ffn_dim": 5,
             "do_layer_norm_before": false, "_remove_final_layer_norm": false, "enable_bias": false,
             "layer_norm_elementwise_affine": false, "num_attention_heads": 4, "activation_function": "gelu_new"}
            """))
                .isEqualTo(new OptSpec(
                        50_272, 2048, 8, 4, 12, 4, 5, Activation.GELU_TANH, false, false, false, false, true));
        assertThat(((OptSpec) Checkpoints.spec(folder, "{\"model_type\": \"opt\", \"_remove_final_layer_norm\": true}"))
                        .finalNorm())
                .isFalse();
    }

    /// The checkpoint may still hold the norm that its configuration takes away.
    @Test
    void aNormThatWasRemovedIsLeftUnread() {
        var spec = new OptSpec(11, 16, 6, 6, 1, 2, 10, Activation.RELU, true, false, true, true, true);
        Seeds.repeat(
                1,
                random -> Checkpoints.variantsAreRead(
                        spec, random, folder, "OPTModel", "lm_head.weight", "decoder.final_layer_norm.weight"));
    }

    @Test
    void whatIsNotThereIsRefused() {
        Checkpoints.refused(SPEC, folder, c -> c.put("activation_function", "mish"), "activation_function 'mish'");
        Checkpoints.refused(SPEC, folder, c -> c.put("num_attention_heads", 4), "width 6 is not divisible by heads 4");
        Checkpoints.refused(SPEC, folder, c -> c.put("word_embed_proj_dim", 0), "embeddingWidth 0");
        Checkpoints.refused(SPEC, folder, c -> c.put("ffn_dim", "wide"), "'ffn_dim' is \"wide\"");
        Checkpoints.refused(SPEC, folder, c -> c.put("num_hidden_layers", 0), "layers 0");
    }
}
