package dev.cortado.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.arch.GptNeoxSpec;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.layer.Rotary;
import dev.cortado.tensor.Device;
import dev.cortado.testkit.NaiveGptNeox;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(StrictScopes.class)
class GptNeoxTest {
    private static final GptNeoxSpec SPEC =
            new GptNeoxSpec(11, 16, 8, 2, 2, 10, Activation.GELU, 1e-5, Rotary.of(2, 10_000), true, true, true);

    private final Path folder;

    GptNeoxTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static GptNeoxSpec spec(RandomGenerator random) {
        int heads = random.nextInt(1, 4);
        int headDim = random.nextInt(2, 12);
        return new GptNeoxSpec(
                random.nextInt(5, 30),
                random.nextInt(12, 20),
                heads * headDim,
                random.nextInt(1, 4),
                heads,
                random.nextInt(1, 20),
                TinyGpts.activation(random),
                random.nextBoolean() ? 1e-5 : 1e-2,
                Rotary.of(2 * random.nextInt(1, headDim / 2 + 1), random.nextBoolean() ? 10_000 : 500),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private static NaiveGptNeox naive(GptNeoxSpec spec, Map<String, double[][]> weights) {
        return new NaiveGptNeox(
                spec.layers(),
                spec.heads(),
                TinyGpts.naive(spec.activation()),
                spec.normEpsilon(),
                spec.rotary().rotaryDim(),
                spec.rotary().theta(),
                spec.parallel(),
                weights);
    }

    @Test
    void theLawsOfDecodersHold() {
        Seeds.repeat(4, random -> DecoderLaws.hold(spec(random), random, folder));
    }

    @Test
    void logitsEqualTheNaiveOnes() {
        Seeds.repeat(20, random -> {
            GptNeoxSpec spec = spec(random);
            try (var model = DecoderLaws.random(spec, random)) {
                DecoderLaws.equalsNaive(model, random, naive(spec, DecoderLaws.weights(model))::logits);
            }
        });
    }

    @Test
    void parametersAreHuggingFaces() {
        var untied =
                new GptNeoxSpec(11, 16, 8, 2, 2, 10, Activation.GELU, 1e-5, Rotary.of(2, 10_000), true, true, false);
        try (var model = untied.build(Params.initialised(1, Device.CPU), Device.CPU)) {
            assertThat(DecoderLaws.shapes(model).stream().filter(line -> !line.contains("layers.1.")))
                    .containsExactlyInAnyOrder(
                            "gpt_neox.embed_in.weight [11, 8]",
                            "gpt_neox.layers.0.input_layernorm.weight [8]",
                            "gpt_neox.layers.0.input_layernorm.bias [8]",
                            "gpt_neox.layers.0.post_attention_layernorm.weight [8]",
                            "gpt_neox.layers.0.post_attention_layernorm.bias [8]",
                            "gpt_neox.layers.0.attention.query_key_value.weight [24, 8]",
                            "gpt_neox.layers.0.attention.query_key_value.bias [24]",
                            "gpt_neox.layers.0.attention.dense.weight [8, 8]",
                            "gpt_neox.layers.0.attention.dense.bias [8]",
                            "gpt_neox.layers.0.mlp.dense_h_to_4h.weight [10, 8]",
                            "gpt_neox.layers.0.mlp.dense_h_to_4h.bias [10]",
                            "gpt_neox.layers.0.mlp.dense_4h_to_h.weight [8, 10]",
                            "gpt_neox.layers.0.mlp.dense_4h_to_h.bias [8]",
                            "gpt_neox.final_layer_norm.weight [8]",
                            "gpt_neox.final_layer_norm.bias [8]",
                            "embed_out.weight [11, 8]");
        }
        try (var model = SPEC.build(Params.initialised(1, Device.CPU), Device.CPU)) {
            assertThat(model.parameters().list().stream().map(Parameter::name)).doesNotContain("embed_out.weight");
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
                        "GPTNeoXModel",
                        "embed_out.weight",
                        "embed_out.weight",
                        "layers.0.attention.bias",
                        "gpt_neox.layers.1.attention.masked_bias",
                        "layers.0.attention.rotary_emb.inv_freq",
                        "score.weight"));
    }

    private Rotary rotary(String settings) {
        String config =
                "{\"model_type\": \"gpt_neox\", \"hidden_size\": 64, \"num_attention_heads\": 2, " + settings + "}";
        return ((GptNeoxSpec) Checkpoints.spec(folder, config)).rotary();
    }

    @Test
    void whatIsAbsentIsAsInHuggingFace() {
        assertThat(Checkpoints.spec(folder, "{\"model_type\": \"gpt_neox\"}"))
                .isEqualTo(new GptNeoxSpec(
                        50_432,
                        2048,
                        6144,
                        44,
                        64,
                        24_576,
                        Activation.GELU,
                        1e-5,
                        Rotary.of(24, 10_000),
                        true,
                        true,
                        false));
        assertThat(rotary("\"vocab_size\": 9")).isEqualTo(Rotary.of(8, 10_000));
        assertThat(rotary("\"rotary_pct\": 0.5, \"rotary_emb_base\": 500")).isEqualTo(Rotary.of(16, 500));
        assertThat(rotary("\"partial_rotary_factor\": 1.0, \"rope_theta\": 500"))
                .isEqualTo(Rotary.of(32, 500));
        assertThat(rotary("\"rotary_emb_base\": 700, \"rope_theta\": 500, \"rope_scaling\": null"))
                .isEqualTo(Rotary.of(8, 700));
        assertThat(rotary("\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 600.0,"
                        + " \"partial_rotary_factor\": 0.75}"))
                .isEqualTo(Rotary.of(24, 600));
        assertThat(rotary("\"rotary_emb_base\": 700, \"rope_parameters\": {\"rope_type\": \"default\"}"))
                .isEqualTo(Rotary.of(8, 700));
    }

    /// The share of channels that turn is written so that it gives back their number, however it is rounded.
    @Test
    void anyShareOfChannelsSurvives() {
        for (int headDim = 2; headDim <= 130; headDim++) {
            for (int channels = 2; channels <= headDim; channels += 2) {
                var spec = new GptNeoxSpec(
                        5, 9, headDim, 1, 1, 4, Activation.RELU, 1e-5, Rotary.of(channels, 99), true, true, false);
                double share = spec.config().get("rotary_pct").doubleValue();
                assertThat((int) (headDim * share)).isEqualTo(channels);
            }
        }
    }

    @Test
    void whatIsNotThereIsRefused() {
        Checkpoints.refused(SPEC, folder, c -> c.put("hidden_act", "mish"), "hidden_act 'mish'");
        Checkpoints.refused(SPEC, folder, c -> c.put("num_attention_heads", 3), "hidden_size 8", "heads 3");
        Checkpoints.refused(SPEC, folder, c -> c.put("num_attention_heads", 0), "hidden_size 8", "heads 0");
        Checkpoints.refused(SPEC, folder, c -> c.put("rotary_pct", 0.8), "0.8 of the 4 channels", "3", "rotary_pct");
        Checkpoints.refused(SPEC, folder, c -> c.put("rotary_emb_base", 0), "rotary_emb_base 0.0");
        Checkpoints.refused(SPEC, folder, c -> c.put("rotary_pct", 0), "even number");
        Checkpoints.refused(SPEC, folder, c -> c.put("rotary_pct", 2), "which is 8");
        Checkpoints.refused(SPEC, folder, c -> c.putObject("rope_scaling").put("rope_type", "galactic"), "galactic");
        Checkpoints.refused(SPEC, folder, c -> c.put("intermediate_size", 0), "hiddenWidth 0");
    }
}
