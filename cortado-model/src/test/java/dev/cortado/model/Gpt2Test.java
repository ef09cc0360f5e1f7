package dev.cortado.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.arch.Gpt2Spec;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import dev.cortado.testkit.NaiveGpt2;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(StrictScopes.class)
class Gpt2Test {
    private static final Gpt2Spec SPEC =
            new Gpt2Spec(11, 16, 6, 2, 2, 10, Activation.GELU_TANH, 1e-5, true, false, true);

    private final Path folder;

    Gpt2Test(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Gpt2Spec spec(RandomGenerator random) {
        int heads = random.nextInt(1, 4);
        return new Gpt2Spec(
                random.nextInt(5, 30),
                random.nextInt(12, 20),
                heads * random.nextInt(3, 7),
                random.nextInt(1, 4),
                heads,
                random.nextInt(1, 20),
                TinyGpts.activation(random),
                random.nextBoolean() ? 1e-5 : 1e-2,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private static NaiveGpt2 naive(Gpt2Spec spec, Map<String, double[][]> weights) {
        return new NaiveGpt2(
                spec.layers(),
                spec.heads(),
                TinyGpts.naive(spec.activation()),
                spec.normEpsilon(),
                spec.scaledByRoot(),
                spec.scaledByDepth(),
                weights);
    }

    @Test
    void theLawsOfDecodersHold() {
        Seeds.repeat(4, random -> DecoderLaws.hold(spec(random), random, folder));
    }

    @Test
    void logitsEqualTheNaiveOnes() {
        Seeds.repeat(20, random -> {
            Gpt2Spec spec = spec(random);
            try (var model = DecoderLaws.random(spec, random)) {
                DecoderLaws.equalsNaive(model, random, naive(spec, DecoderLaws.weights(model))::logits);
            }
        });
    }

    @Test
    void parametersAreHuggingFaces() {
        var untied = new Gpt2Spec(11, 16, 6, 2, 2, 10, Activation.GELU_TANH, 1e-5, true, false, false);
        try (var model = untied.build(Params.initialised(1, Device.CPU), Device.CPU)) {
            assertThat(DecoderLaws.shapes(model).stream().filter(line -> !line.contains("h.1.")))
                    .containsExactlyInAnyOrder(
                            "transformer.wte.weight [11, 6]",
                            "transformer.wpe.weight [16, 6]",
                            "transformer.h.0.ln_1.weight [6]",
                            "transformer.h.0.ln_1.bias [6]",
                            "transformer.h.0.attn.c_attn.weight [6, 18]",
                            "transformer.h.0.attn.c_attn.bias [18]",
                            "transformer.h.0.attn.c_proj.weight [6, 6]",
                            "transformer.h.0.attn.c_proj.bias [6]",
                            "transformer.h.0.ln_2.weight [6]",
                            "transformer.h.0.ln_2.bias [6]",
                            "transformer.h.0.mlp.c_fc.weight [6, 10]",
                            "transformer.h.0.mlp.c_fc.bias [10]",
                            "transformer.h.0.mlp.c_proj.weight [10, 6]",
                            "transformer.h.0.mlp.c_proj.bias [6]",
                            "transformer.ln_f.weight [6]",
                            "transformer.ln_f.bias [6]",
                            "lm_head.weight [11, 6]");
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
                        "GPT2Model",
                        "lm_head.weight",
                        "lm_head.weight",
                        "h.0.attn.bias",
                        "h.1.attn.masked_bias",
                        "transformer.h.0.attn.bias",
                        "score.weight",
                        "v_head.summary.bias"));
    }

    @Test
    void whatIsAbsentIsAsInHuggingFace() {
        assertThat(Checkpoints.spec(folder, "{\"model_type\": \"gpt2\"}"))
                .isEqualTo(
                        new Gpt2Spec(50_257, 1024, 768, 12, 12, 3072, Activation.GELU_TANH, 1e-5, true, false, true));
        assertThat(Checkpoints.spec(folder, """
            {"architectures": ["GPT2LMHeadModel"], "hidden_size": 8, "n_embd": 9, "num_attention_heads": 2,
             "num_hidden_layers": 3, "max_position_embeddings": 17, "n_inner": null, "n_ctx": 5,
             "activation_function": "gelu", "reorder_and_upcast_attn": true, "vocab_size": 7,
             "tie_word_embeddings": false, "scale_attn_weights": false, "scale_attn_by_inverse_layer_idx": true,
             "layer_norm_epsilon": 1e-3}
            """))
                .isEqualTo(new Gpt2Spec(7, 17, 8, 3, 2, 32, Activation.GELU, 1e-3, false, true, false));
    }

    @Test
    void whatIsNotThereIsRefused() {
        Checkpoints.refused(SPEC, folder, c -> c.put("add_cross_attention", true), "add_cross_attention");
        Checkpoints.refused(SPEC, folder, c -> c.put("activation_function", "mish"), "activation_function 'mish'");
        Checkpoints.refused(SPEC, folder, c -> c.put("n_head", 4), "width 6 is not divisible by heads 4");
        Checkpoints.refused(SPEC, folder, c -> c.put("n_head", 0), "heads 0");
        Checkpoints.refused(SPEC, folder, c -> c.put("n_positions", -3), "contextLength -3");
        Checkpoints.refused(SPEC, folder, c -> c.put("n_inner", 0), "hiddenWidth 0");
        Checkpoints.refused(SPEC, folder, c -> c.put("layer_norm_epsilon", 0), "normEpsilon 0");
    }
}
