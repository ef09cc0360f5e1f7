package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.T5EncoderSpec;
import dev.cortado.model.arch.T5Spec;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.NaiveT5;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// T5 beside what its published definition gives.
@ExtendWith(StrictScopes.class)
class T5Test {
    @TempDir
    private Path folder;

    private static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    private static double[] numbers(JsonNode rows) {
        List<Double> all = new ArrayList<>();
        rows.forEach(row -> row.forEach(number -> all.add(number.doubleValue())));
        return all.stream().mapToDouble(d -> d).toArray();
    }

    @Test
    void thePublishedDefinitionGivesTheSame() throws IOException {
        Path folder = SharedData.require("oracles/t5-a");
        JsonNode expected =
                new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        for (Storage storage : Storage.values()) {
            try (var model = (EncoderDecoder) ModelFolder.open(folder, Device.CPU, storage);
                    var _ = Grad.off()) {
                assertThat(model.parameters().mentions())
                        .containsExactly(
                                "unused decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight");
                for (int i = 0; i < 2; i++) {
                    int[] read = ids(expected.get("input_ids").get(i));
                    int[] written = ids(expected.get("decoder_input_ids").get(i));
                    for (ComputeForm form : ComputeForm.values()) {
                        try (var _ = Scope.open("t5")) {
                            Pass pass = Pass.evaluation(Device.CPU).with(form);
                            var memory = model.encode(Tensors.of(read, 1, read.length), pass);
                            assertTensor(memory.encoded())
                                    .isCloseTo(
                                            numbers(expected.get("encoder_hidden")
                                                    .get(i)),
                                            1e-4,
                                            0);
                            Tensor logits = model.forward(Tensors.of(written, 1, written.length), memory, pass);
                            assertTensor(logits)
                                    .isCloseTo(numbers(expected.get("logits").get(i)), 1e-4, 0);
                        }
                    }
                }
            }
        }
    }

    @Test
    void theLawsHold() {
        Seeds.repeat(6, random -> {
            Path own = folder.resolve(Long.toHexString(random.nextLong()));
            EncoderDecoderLaws.hold(TinySequences.t5(random), random, own);
        });
    }

    @Test
    void theLawsOfEncodersHoldForItsEncoder() {
        Seeds.repeat(4, random -> {
            Path own = folder.resolve(Long.toHexString(random.nextLong()));
            try (var model = EncoderLaws.random(new T5EncoderSpec(TinySequences.t5(random)), random)) {
                EncoderLaws.formsAgree(model, 1, random);
                EncoderLaws.paddedIsAlone(model, 1, random);
                EncoderLaws.everyTokenIsSeenByAll(model, 1, random);
                EncoderLaws.writtenIsRead(model, 1, random, own);
            }
        });
    }

    @Test
    void plainLoopsGiveTheSame() {
        Seeds.repeat(16, random -> {
            T5Spec spec = TinySequences.t5(random);
            try (var model = EncoderDecoderLaws.random(spec, random);
                    var _ = Grad.off()) {
                var naive = new NaiveT5(
                        spec.encoderLayers(),
                        spec.layers(),
                        spec.heads(),
                        spec.maxDistance(),
                        spec.normEpsilon(),
                        EncoderNaiveTest.function(spec.activation()),
                        DecoderLaws.weights(model));
                int[] read =
                        random.ints(random.nextInt(1, 30), 0, spec.vocabSize()).toArray();
                int[] written =
                        random.ints(random.nextInt(1, 30), 0, spec.vocabSize()).toArray();
                for (ComputeForm form : ComputeForm.values()) {
                    Pass pass = Pass.evaluation(Device.CPU).with(form);
                    var memory = model.encode(Tensors.of(read, 1, read.length), pass);
                    assertTensor(memory.encoded()).isCloseTo(Doubles.flat(naive.read(read)), 1e-4, 0);
                    Tensor logits = model.forward(Tensors.of(written, 1, written.length), memory, pass);
                    assertTensor(logits).isCloseTo(Doubles.flat(naive.logits(read, written)), 1e-4, 0);
                }
            }
        });
    }

    /// Saved with and without the head, whole and as an encoder.
    @Test
    void checkpointsAsTheyAreFound() throws IOException {
        var random = new SplittableRandom(5);
        for (boolean tied : List.of(true, false)) {
            T5Spec spec;
            do {
                spec = TinySequences.t5(random);
            } while (spec.tiedHead() != tied);
            try (var model = EncoderDecoderLaws.random(spec, random)) {
                Set<String> copies = Set.of("encoder.embed_tokens.weight", "decoder.embed_tokens.weight");
                SequenceCheckpoints.write(model, folder, name -> name, copies);
                SequenceCheckpoints.isReadAs(model, folder, true);
                SequenceCheckpoints.write(
                        model, folder, n -> n.equals("shared.weight") ? "encoder.embed_tokens.weight" : n, Set.of());
                SequenceCheckpoints.isReadAs(model, folder, true);
                SequenceCheckpoints.write(model, folder, n -> n.equals("lm_head.weight") ? "" : n, Set.of());
                SequenceCheckpoints.rename(folder, "T5ForConditionalGeneration", "T5Model");
                SequenceCheckpoints.isReadAs(model, folder, tied);
                SequenceCheckpoints.rename(folder, "T5Model", "T5EncoderModel");
                isReadAsEncoder(model);
                SequenceCheckpoints.write(
                        model, folder, n -> n.startsWith("encoder.") || n.startsWith("shared.") ? n : "", Set.of());
                SequenceCheckpoints.rename(folder, "T5ForConditionalGeneration", "T5EncoderModel");
                isReadAsEncoder(model);
            }
        }
    }

    private void isReadAsEncoder(EncoderDecoder model) throws IOException {
        try (var _ = Grad.off();
                var _ = Scope.open("read");
                var encoder = (Encoder) ModelFolder.open(folder, Device.CPU, Storage.TRAINABLE)) {
            assertThat(encoder.head()).isEmpty();
            Pass pass = Pass.evaluation(Device.CPU);
            Tensor ids = EncoderDecoderLaws.source(model.spec(), new SplittableRandom(1), 2, 70);
            assertThat(ids.size(1))
                    .as("its positions have no end")
                    .isGreaterThan(encoder.spec().contextLength());
            assertTensor(encoder.hidden(Encoder.Tokens.of(ids), pass))
                    .isSameAs(model.encode(ids, pass).encoded());
        }
    }

    private T5Spec read(String settings) throws IOException {
        Files.writeString(
                folder.resolve("config.json"), "{\"architectures\": [\"T5ForConditionalGeneration\"]" + settings + "}");
        return (T5Spec) ModelFolder.spec(folder);
    }

    @Test
    void absentNumbersAreThoseOfTheSmallModel() throws IOException {
        assertThat(read(""))
                .isEqualTo(new T5Spec(
                        32_128, 512, 512, 6, 6, 8, 64, 2048, Activation.RELU, false, 32, 128, 1e-6, true, 0));
        assertThat(read(", \"num_layers\": 3, \"num_decoder_layers\": null").layers())
                .isEqualTo(3);
        assertThat(read(", \"pad_token_id\": 7").decoderStart()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\"relu\"` | RELU | false",
                "`\"gelu\"` | GELU | false",
                "`\"gelu_new\"` | GELU_TANH | false",
                "`\"gated-gelu\"` | GELU_TANH | true",
                "`\"gated-gelu_new\"` | GELU_TANH | true",
                "`\"gated-silu\"` | SILU | true",
                "`\"gated-relu\"` | RELU | true",
                "`\"gated-gelu\", \"dense_act_fn\": \"gelu\", \"is_gated_act\": true` | GELU | true",
            })
    void theFeedForwardLayersName(String name, Activation activation, boolean gated) throws IOException {
        T5Spec spec = read(", \"feed_forward_proj\": " + name);
        assertThat(spec.activation()).isEqualTo(activation);
        assertThat(spec.gated()).isEqualTo(gated);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "T5ForConditionalGeneration | `\"feed_forward_proj\": \"gated-mish\"` | gated-mish",
                "T5ForConditionalGeneration | `\"d_model\": 0` | d_model",
                "T5ForConditionalGeneration | `\"decoder_start_token_id\": 40000` | decoder_start_token_id 40000",
                "UMT5ForConditionalGeneration | `\"d_model\": 8` | UMT5ForConditionalGeneration",
                "T5ForSequenceClassification | `\"d_model\": 8` | T5ForSequenceClassification",
            })
    void whatIsNotThereIsRefused(String architecture, String setting, String named) throws IOException {
        Files.writeString(
                folder.resolve("config.json"), "{\"architectures\": [\"" + architecture + "\"], " + setting + "}");
        assertThatThrownBy(() -> ModelFolder.spec(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(named);
    }
}
