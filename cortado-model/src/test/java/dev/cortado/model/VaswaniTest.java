package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.StackSizes;
import dev.cortado.model.arch.VaswaniSpec;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Sinusoidal;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(StrictScopes.class)
class VaswaniTest {
    @TempDir
    private Path folder;

    @Test
    void theLawsHold() {
        Seeds.repeat(6, random -> {
            Path own = folder.resolve(Long.toHexString(random.nextLong()));
            EncoderDecoderLaws.hold(TinySequences.vaswani(random), random, own);
        });
    }

    @Test
    void plainLoopsGiveTheSame() {
        Seeds.repeat(16, random -> {
            VaswaniSpec spec = TinySequences.vaswani(random);
            try (var model = EncoderDecoderLaws.random(spec, random);
                    var _ = Grad.off()) {
                var formulas = new NaiveEncoder(
                        1,
                        spec.normEpsilon(),
                        EncoderNaiveTest.function(spec.activation()),
                        DecoderLaws.weights(model));
                String target = spec.sharedVocabulary() ? "shared.weight" : "decoder.embed_tokens.weight";
                String source = spec.sharedVocabulary() ? "shared.weight" : "encoder.embed_tokens.weight";
                var naive = new NaiveTransformer(
                        formulas,
                        spec.normFirst(),
                        stack(spec, formulas, "encoder.", source, spec.encoder()),
                        stack(spec, formulas, "decoder.", target, spec.decoder()));
                int[] read = random.ints(random.nextInt(1, 9), 0, spec.sourceVocabSize())
                        .toArray();
                int[] written =
                        random.ints(random.nextInt(1, 9), 0, spec.vocabSize()).toArray();
                double[][] logits = Naive.linear(
                        naive.hidden(read, written), formulas.weight(spec.tiedHead() ? target : "lm_head.weight"));
                double[][] biased =
                        spec.headBias() ? NaiveEncoder.plus(logits, formulas.weight("lm_head.bias")[0]) : logits;
                for (ComputeForm form : ComputeForm.values()) {
                    Pass pass = Pass.evaluation(Device.CPU).with(form);
                    var memory = model.encode(Tensors.of(read, 1, read.length), pass);
                    assertTensor(memory.encoded()).isCloseTo(Doubles.flat(naive.read(read)), 1e-4, 0);
                    Tensor actual = model.forward(Tensors.of(written, 1, written.length), memory, pass);
                    assertTensor(actual).isCloseTo(Doubles.flat(biased), 1e-4, 0);
                }
            }
        });
    }

    private static NaiveTransformer.Stack stack(
            VaswaniSpec spec, NaiveEncoder formulas, String path, String table, StackSizes sizes) {
        double half = spec.width() / 2.0;
        return new NaiveTransformer.Stack(
                path,
                sizes.layers(),
                sizes.heads(),
                NaiveTransformer.waves(
                        formulas,
                        table,
                        spec.waves() == Sinusoidal.Order.INTERLEAVED,
                        spec.waves() == Sinusoidal.Order.HALVES_TO_LAST ? half - 1 : half,
                        spec.firstPosition()));
    }

    private VaswaniSpec read(String settings) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\": [\"CortadoTransformerForConditionalGeneration\"], " + settings + "}");
        return (VaswaniSpec) ModelFolder.spec(folder);
    }

    @Test
    void absentNumbersAreThePapers() throws IOException {
        var stack = new StackSizes(6, 8, 2048);
        assertThat(read("\"vocab_size\": 37000, \"decoder_start_token_id\": 1"))
                .isEqualTo(VaswaniSpec.of(37_000, 512, 512, stack, stack, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\"decoder_start_token_id\": 1` | vocab_size",
                "`\"vocab_size\": 9` | decoder_start_token_id",
                "`\"vocab_size\": 9, \"decoder_start_token_id\": 9` | decoder_start_token_id 9",
                "`\"vocab_size\": 9, \"decoder_start_token_id\": 1, \"source_vocab_size\": 8` | one size",
                "`\"vocab_size\": 9, \"decoder_start_token_id\": 1, \"d_model\": 9` | d_model 9",
                "`\"vocab_size\": 9, \"decoder_start_token_id\": 1, \"position_waves\": \"round\"` | interleaved",
                "`\"vocab_size\": 9, \"decoder_start_token_id\": 1, \"decoder_ffn_dim\": 0` | hiddenWidth 0",
            })
    void whatCannotBeIsRefused(String settings, String named) {
        assertThatThrownBy(() -> read(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(named);
    }

    /// A new model's branches are silent, so that it starts with its embeddings.
    @Test
    void aNewModelIsTheIdentity() {
        Seeds.repeat(3, random -> {
            VaswaniSpec spec = TinySequences.vaswani(random);
            try (var model = spec.build(Params.initialised(random.nextLong(), Device.CPU), Device.CPU);
                    var _ = Grad.off()) {
                Pass pass = Pass.evaluation(Device.CPU);
                Tensor ids = DecoderLaws.ids(spec, random, 1, 4);
                Tensor first =
                        model.hidden(ids, model.encode(EncoderDecoderLaws.source(spec, random, 1, 3), pass), pass);
                Tensor second =
                        model.hidden(ids, model.encode(EncoderDecoderLaws.source(spec, random, 1, 5), pass), pass);
                assertTensor(first).isSameAs(second);
            }
        });
    }
}
