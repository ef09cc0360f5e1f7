package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.BartSpec;
import dev.cortado.model.arch.BartSpec.Family;
import dev.cortado.model.arch.StackSizes;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.NaiveEncoder;
import dev.cortado.testkit.NaiveTransformer;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(StrictScopes.class)
class BartTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Family.class)
    void theLawsHold(Family family) {
        Seeds.repeat(4, random -> {
            Path own = folder.resolve(Long.toHexString(random.nextLong()));
            EncoderDecoderLaws.hold(TinySequences.bart(random, family), random, own);
        });
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void plainLoopsGiveTheSame(Family family) {
        Seeds.repeat(8, random -> {
            BartSpec spec = TinySequences.bart(random, family);
            try (var model = EncoderDecoderLaws.random(spec, random);
                    var _ = Grad.off()) {
                var formulas = new NaiveEncoder(
                        1, 1e-5, EncoderNaiveTest.function(spec.activation()), DecoderLaws.weights(model));
                var naive = new NaiveTransformer(
                        formulas,
                        family == Family.MBART,
                        stack(spec, formulas, "model.encoder.", spec.encoder()),
                        stack(spec, formulas, "model.decoder.", spec.decoder()));
                int[] source =
                        random.ints(random.nextInt(1, 9), 0, spec.vocabSize()).toArray();
                int[] target =
                        random.ints(random.nextInt(1, 9), 0, spec.vocabSize()).toArray();
                double[][] hidden = naive.hidden(source, target);
                String head = spec.tiedHead() ? "model.shared.weight" : "lm_head.weight";
                double[][] logits = NaiveEncoder.plus(
                        Naive.linear(hidden, formulas.weight(head)), formulas.weight("final_logits_bias")[0]);
                for (ComputeForm form : ComputeForm.values()) {
                    Pass pass = Pass.evaluation(Device.CPU).with(form);
                    var memory = model.encode(Tensors.of(source, 1, source.length), pass);
                    assertTensor(memory.encoded()).isCloseTo(Doubles.flat(naive.read(source)), 1e-4, 0);
                    Tensor actual = model.forward(Tensors.of(target, 1, target.length), memory, pass);
                    assertTensor(actual).isCloseTo(Doubles.flat(logits), 1e-4, 0);
                }
            }
        });
    }

    private static NaiveTransformer.Stack stack(BartSpec spec, NaiveEncoder formulas, String path, StackSizes sizes) {
        return new NaiveTransformer.Stack(
                path,
                sizes.layers(),
                sizes.heads(),
                NaiveTransformer.learned(formulas, "model.shared.weight", path, spec.scaledEmbeddings()));
    }

    private BartSpec read(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return (BartSpec) ModelFolder.spec(folder);
    }

    @Test
    void absentNumbersAreThoseOfTheLargeModels() throws IOException {
        var stack = new StackSizes(12, 16, 4096);
        assertThat(read("{\"architectures\": [\"BartForConditionalGeneration\"]}"))
                .isEqualTo(
                        new BartSpec(Family.BART, 50_265, 1024, 1024, stack, stack, Activation.GELU, false, true, 2));
        assertThat(read("{\"model_type\": \"bart\"}")).isEqualTo(read("{\"architectures\": [\"BartModel\"]}"));
        assertThat(read("{\"model_type\": \"mbart\", \"bos_token_id\": 5, \"scale_embedding\": true}"))
                .isEqualTo(
                        new BartSpec(Family.MBART, 50_265, 1024, 1024, stack, stack, Activation.GELU, true, true, 5));
        assertThat(read("""
            {"architectures": ["MBartForConditionalGeneration"], "normalize_before": true,
             "add_final_layer_norm": true, "normalize_embedding": true, "static_position_embeddings": false,
             "add_bias_logits": false, "extra_pos_embeddings": 2, "decoder_start_token_id": 250020,
             "vocab_size": 250027, "encoder_layers": 2, "decoder_layers": 3, "encoder_attention_heads": 4,
             "decoder_attention_heads": 8, "encoder_ffn_dim": 100, "decoder_ffn_dim": 200, "d_model": 64,
             "activation_function": "relu", "max_position_embeddings": 77, "tie_word_embeddings": false}\
            """))
                .isEqualTo(new BartSpec(
                        Family.MBART,
                        250_027,
                        77,
                        64,
                        new StackSizes(2, 4, 100),
                        new StackSizes(3, 8, 200),
                        Activation.RELU,
                        false,
                        false,
                        250_020));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BartForConditionalGeneration | `\"normalize_before\": true` | normalize_before",
                "MBartForConditionalGeneration | `\"normalize_before\": false` | normalize_before",
                "BartForConditionalGeneration | `\"static_position_embeddings\": true` | static_position_embeddings",
                "BartForConditionalGeneration | `\"activation_function\": \"mish\"` | mish",
                "BartForConditionalGeneration | `\"decoder_attention_heads\": 7` | decoder_attention_heads 7",
                "BartForConditionalGeneration | `\"encoder_layers\": 0` | layers 0",
                "BartForConditionalGeneration | `\"decoder_start_token_id\": 50265` | decoder_start_token_id 50265",
                "BartForSequenceClassification | `\"d_model\": 64` | BartForSequenceClassification",
            })
    void whatIsNotThereIsRefused(String architecture, String setting, String named) {
        assertThatThrownBy(() -> read("{\"architectures\": [\"" + architecture + "\"], " + setting + "}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void checkpointsAsTheyAreFound(Family family) throws IOException {
        var random = new SplittableRandom(11);
        BartSpec spec;
        do {
            spec = TinySequences.bart(random, family);
        } while (!spec.tiedHead());
        try (var model = EncoderDecoderLaws.random(spec, random)) {
            Set<String> strays = Set.of(
                    "model.encoder.embed_tokens.weight",
                    "model.decoder.embed_tokens.weight",
                    "lm_head.weight",
                    "model.encoder.version",
                    "classification_head.dense.bias");
            SequenceCheckpoints.write(model, folder, name -> name, strays);
            SequenceCheckpoints.isReadAs(model, folder, true);
            // Saved once, under whichever of its names.
            for (String name : Set.of("lm_head.weight", "model.decoder.embed_tokens.weight")) {
                SequenceCheckpoints.write(model, folder, n -> n.equals("model.shared.weight") ? name : n, Set.of());
                SequenceCheckpoints.isReadAs(model, folder, true);
            }
            // The bare model's names and architecture: no head, and no score for each word.
            SequenceCheckpoints.write(
                    model,
                    folder,
                    name -> name.startsWith("model.") ? name.substring("model.".length()) : "",
                    Set.of("encoder.embed_tokens.weight"));
            SequenceCheckpoints.isReadAs(model, folder, false);
            SequenceCheckpoints.rename(
                    folder, spec.architecture(), spec.architecture().replace("ForConditionalGeneration", "Model"));
            SequenceCheckpoints.isReadAs(model, folder, false);
            SequenceCheckpoints.write(
                    model, folder, name -> name.contains("layernorm_embedding.bias") ? "" : name, Set.of());
            assertThatThrownBy(() -> SequenceCheckpoints.isReadAs(model, folder, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing model.encoder.layernorm_embedding.bias");
        }
    }

    @Test
    void thereAreNoPositionsBeyondTheLast() {
        var random = new SplittableRandom(2);
        BartSpec spec = TinySequences.bart(random, Family.BART);
        int most = spec.contextLength();
        try (var model = EncoderDecoderLaws.random(spec, random);
                var cache = model.newCache(1, most + 1L, DType.F32);
                var _ = Scope.open("long");
                var _ = Grad.off()) {
            Pass pass = Pass.evaluation(Device.CPU);
            var memory = model.encode(EncoderDecoderLaws.source(spec, random, 1, most), pass);
            assertThatThrownBy(() -> model.encode(EncoderDecoderLaws.source(spec, random, 1, most + 1), pass))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("reads at most " + most);
            model.hidden(DecoderLaws.ids(spec, random, 1, most), memory, Pass.cached(cache, Device.CPU));
            Tensor one = DecoderLaws.ids(spec, random, 1, 1);
            assertThatThrownBy(() -> model.hidden(one, memory, Pass.cached(cache, Device.CPU)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("writes at most " + most);
        }
    }

    @Test
    void whatGenerationIsForcedToBeginWith() throws IOException {
        read("{\"architectures\": [\"BartModel\"]}");
        assertThat(ModelFolder.forcedFirst(folder)).isEmpty();
        read("{\"architectures\": [\"BartModel\"], \"force_bos_token_to_be_generated\": true, \"bos_token_id\": 4}");
        assertThat(ModelFolder.forcedFirst(folder)).isEqualTo(OptionalInt.of(4));
        read("{\"architectures\": [\"BartModel\"], \"forced_bos_token_id\": 6}");
        assertThat(ModelFolder.forcedFirst(folder)).isEqualTo(OptionalInt.of(6));
        Files.writeString(folder.resolve("generation_config.json"), "{\"forced_bos_token_id\": 7}");
        assertThat(ModelFolder.forcedFirst(folder)).isEqualTo(OptionalInt.of(7));
    }
}
