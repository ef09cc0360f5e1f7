package dev.cortado.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.arch.BloomSpec;
import dev.cortado.tensor.Device;
import dev.cortado.testkit.NaiveBloom;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(StrictScopes.class)
class BloomTest {
    private static final BloomSpec SPEC = new BloomSpec(11, 16, 6, 2, 2, 1e-5, false, true);

    private final Path folder;

    BloomTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static BloomSpec spec(RandomGenerator random) {
        int heads = random.nextInt(1, 8);
        return new BloomSpec(
                random.nextInt(5, 30),
                random.nextInt(12, 20),
                heads * random.nextInt(3, 7),
                random.nextInt(1, 4),
                heads,
                random.nextBoolean() ? 1e-5 : 1e-2,
                random.nextBoolean(),
                random.nextBoolean());
    }

    private static NaiveBloom naive(BloomSpec spec, Map<String, double[][]> weights) {
        return new NaiveBloom(spec.layers(), spec.heads(), spec.normEpsilon(), spec.residualsNormalised(), weights);
    }

    @Test
    void theLawsOfDecodersHold() {
        Seeds.repeat(4, random -> DecoderLaws.hold(spec(random), random, folder));
    }

    @Test
    void logitsEqualTheNaiveOnes() {
        Seeds.repeat(20, random -> {
            BloomSpec spec = spec(random);
            try (var model = DecoderLaws.random(spec, random)) {
                DecoderLaws.equalsNaive(model, random, naive(spec, DecoderLaws.weights(model))::logits);
            }
        });
    }

    @Test
    void parametersAreHuggingFaces() {
        var untied = new BloomSpec(11, 16, 6, 2, 2, 1e-5, false, false);
        try (var model = untied.build(Params.initialised(1, Device.CPU), Device.CPU)) {
            assertThat(DecoderLaws.shapes(model).stream().filter(line -> !line.contains("h.1.")))
                    .containsExactlyInAnyOrder(
                            "transformer.word_embeddings.weight [11, 6]",
                            "transformer.word_embeddings_layernorm.weight [6]",
                            "transformer.word_embeddings_layernorm.bias [6]",
                            "transformer.h.0.input_layernorm.weight [6]",
                            "transformer.h.0.input_layernorm.bias [6]",
                            "transformer.h.0.self_attention.query_key_value.weight [18, 6]",
                            "transformer.h.0.self_attention.query_key_value.bias [18]",
                            "transformer.h.0.self_attention.dense.weight [6, 6]",
                            "transformer.h.0.self_attention.dense.bias [6]",
                            "transformer.h.0.post_attention_layernorm.weight [6]",
                            "transformer.h.0.post_attention_layernorm.bias [6]",
                            "transformer.h.0.mlp.dense_h_to_4h.weight [24, 6]",
                            "transformer.h.0.mlp.dense_h_to_4h.bias [24]",
                            "transformer.h.0.mlp.dense_4h_to_h.weight [6, 24]",
                            "transformer.h.0.mlp.dense_4h_to_h.bias [6]",
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
                        "BloomModel",
                        "lm_head.weight",
                        "lm_head.weight",
                        "h.0.self_attention.scale_mask_softmax.causal_mask",
                        "score.weight"));
    }

    @Test
    void whatIsAbsentIsAsInHuggingFace() {
        assertThat(Checkpoints.spec(folder, "{\"model_type\": \"bloom\"}"))
                .isEqualTo(new BloomSpec(250_880, 2048, 64, 2, 8, 1e-5, false, true));
        assertThat(Checkpoints.spec(folder, """
            {"architectures": ["BloomForCausalLM"], "n_embed": 12, "hidden_size": 64, "num_attention_heads": 3,
             "n_layer": 5, "seq_length": 99, "n_inner": null, "offset_alibi": 100, "slow_but_exact": true,
             "apply_residual_connection_post_layernorm": true, "pretraining_tp": 4, "layer_norm_epsilon": 1e-6}
            """)).isEqualTo(new BloomSpec(250_880, 99, 12, 5, 3, 1e-6, true, true));
    }

    @Test
    void whatIsNotThereIsRefused() {
        Checkpoints.refused(SPEC, folder, c -> c.put("n_head", 4), "width 6 is not divisible by heads 4");
        Checkpoints.refused(SPEC, folder, c -> c.put("vocab_size", 0), "vocabSize 0");
        Checkpoints.refused(SPEC, folder, c -> c.put("n_layer", 1.5), "'n_layer' is 1.5");
        Checkpoints.refused(SPEC, folder, c -> c.put("layer_norm_epsilon", -1), "normEpsilon -1");
    }
}
