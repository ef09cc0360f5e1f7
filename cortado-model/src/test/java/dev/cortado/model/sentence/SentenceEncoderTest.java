package dev.cortado.model.sentence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderLaws;
import dev.cortado.model.Pass;
import dev.cortado.model.Storage;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import dev.cortado.model.sentence.Pooling.Mode;
import dev.cortado.model.weights.ModelWeightsWriter;
import dev.cortado.model.weights.OutgoingTensor;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(StrictScopes.class)
class SentenceEncoderTest {
    private static final List<String> WORDS =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat", "sat", "##s", "on", "mat", "the", "dog");
    private static final BertSpec SPEC = new BertSpec(
            new EncoderSizes(WORDS.size(), 16, 8, 2, 2, 12, Activation.GELU), 2, 1e-12, new EncoderTask.Bare());

    @TempDir
    private Path folder;

    private void plain(Encoder model) throws IOException {
        ModelFolder.write(model, new TextEnds(OptionalInt.empty(), List.of()), folder);
        Files.write(folder.resolve("vocab.txt"), WORDS);
    }

    private void write(String name, String json) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), json.replace('\'', '"'));
    }

    private void modules(String... kinds) throws IOException {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < kinds.length; i++) {
            String path = i == 0 ? "" : i + "_" + kinds[i];
            entries.add("{'idx': " + i + ", 'name': '" + i + "', 'path': '" + path
                    + "', 'type': 'sentence_transformers.models." + kinds[i] + "'}");
        }
        write("modules.json", "[" + String.join(", ", entries) + "]");
    }

    private SentenceEncoder open() throws IOException {
        return SentenceEncoder.open(folder, Device.CPU, Storage.MAPPED);
    }

    private static List<String> texts(RandomGenerator random, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> random.ints(random.nextInt(12), 5, WORDS.size())
                        .mapToObj(i -> WORDS.get(i).replace("##", ""))
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    /// Each text alone, pooled in plain loops.
    private static double[] pooled(Encoder model, int[] ids, Mode... modes) {
        try (var _ = Scope.open("alone");
                var _ = Grad.off()) {
            Tensor hidden =
                    model.hidden(Encoder.Tokens.of(Tensors.of(ids, 1, ids.length)), Pass.evaluation(Device.CPU));
            return PoolingTest.naive(List.of(modes), Doubles.rows(hidden));
        }
    }

    private static void same(float[] actual, double[] expected) {
        double[] wide = new double[actual.length];
        Arrays.setAll(wide, i -> actual[i]);
        assertThat(wide).containsExactly(expected, within(1e-5));
    }

    @Test
    void aPlainModelIsAveraged() {
        Seeds.repeat(3, random -> {
            try (var model = EncoderLaws.random(SPEC, random)) {
                plain(model);
                List<String> texts = texts(random, 30);
                try (var encoder = open()) {
                    assertThat(encoder.width()).isEqualTo(8);
                    assertThat(encoder.settings().maxLength()).isEqualTo(16);
                    float[][] vectors = encoder.embed(texts);
                    assertThat(vectors).hasNumberOfRows(30);
                    for (int i = 0; i < texts.size(); i++) {
                        int[] ids = encoder.ids(texts.get(i));
                        assertThat(ids).startsWith(2).endsWith(3);
                        same(vectors[i], pooled(model, ids, Mode.MEAN));
                    }
                }
            }
        });
    }

    @Test
    void poolingDenseAndNormInTheirOrder() {
        Seeds.repeat(3, random -> {
            try (var model = EncoderLaws.random(SPEC, random)) {
                plain(model);
                modules("Transformer", "Pooling", "Dense", "Normalize");
                write("1_Pooling/config.json", """
                    {'word_embedding_dimension': 8, 'pooling_mode_cls_token': true,
                     'pooling_mode_mean_tokens': false, 'pooling_mode_max_tokens': true}\
                    """);
                write("2_Dense/config.json", """
                    {'in_features': 16, 'out_features': 3, 'bias': true,
                     'activation_function': 'torch.nn.modules.activation.Tanh'}\
                    """);
                double[][] weight = Doubles.rows(Doubles.normal(random, 48), 16);
                double[] bias = Doubles.normal(random, 3);
                Tensor w = Doubles.tensor(Doubles.flat(weight), DType.F32, 3, 16);
                Tensor b = Doubles.tensor(bias, DType.F32, 3);
                ModelWeightsWriter.write(
                        folder.resolve("2_Dense"),
                        List.of(
                                OutgoingTensor.of("linear.weight", DType.F32, w.shape(), w.bytes()),
                                OutgoingTensor.of("linear.bias", DType.F32, b.shape(), b.bytes())));
                List<String> texts = texts(random, 10);
                try (var encoder = open()) {
                    assertThat(encoder.width()).isEqualTo(3);
                    float[][] vectors = encoder.embed(texts);
                    for (int i = 0; i < texts.size(); i++) {
                        double[] x = pooled(model, encoder.ids(texts.get(i)), Mode.FIRST, Mode.MAX);
                        double[] y = new double[3];
                        Arrays.setAll(y, o -> Math.tanh(Naive.dot(weight[o], x) + bias[o]));
                        double length = Math.sqrt(Naive.dot(y, y));
                        same(vectors[i], Arrays.stream(y).map(v -> v / length).toArray());
                    }
                }
            }
        });
    }

    @Test
    void textsAreTruncatedLoweredAndPrompted() throws IOException {
        try (var model = EncoderLaws.random(SPEC, new SplittableRandom(3))) {
            plain(model);
            write("sentence_bert_config.json", "{'max_seq_length': 5, 'do_lower_case': true}");
            write("config_sentence_transformers.json", """
                {'prompts': {'query': 'the ', 'other': 'on '}, 'default_prompt_name': 'query'}\
                """);
            try (var encoder = open()) {
                assertThat(encoder.ids("\u00a0CAT  ")).containsExactly(2, 11, 6, 3);
                assertThat(encoder.ids("cat sat on the mat")).containsExactly(2, 11, 6, 7, 3);
                assertThat(encoder.ids("[SEP]")).as("text is no structure").containsOnlyOnce(3);
            }
            write("sentence_bert_config.json", "{'max_seq_length': 512}");
            try (var encoder = open()) {
                assertThat(encoder.settings().maxLength()).isEqualTo(16);
                assertThat(encoder.embed(List.of("a cat ".repeat(100)))[0]).hasSize(8);
            }
        }
    }

    @Test
    void theTokenizersLengthCountsWhereNothingElseIsSaid() throws IOException {
        try (var model = EncoderLaws.random(SPEC, new SplittableRandom(3))) {
            plain(model);
            write("tokenizer_config.json", "{'model_max_length': 7}");
            try (var encoder = open()) {
                assertThat(encoder.settings().maxLength()).isEqualTo(7);
            }
            write("tokenizer_config.json", "{'model_max_length': 1000000000000000019884624838656}");
            try (var encoder = open()) {
                assertThat(encoder.settings().maxLength()).isEqualTo(16);
            }
        }
    }

    @Test
    void idsWithoutTokensAreRefused() throws IOException {
        try (var model = EncoderLaws.random(SPEC, new SplittableRandom(3))) {
            plain(model);
            try (var encoder = open()) {
                assertThat(encoder.embedIds(List.of()).length).isZero();
                assertThatThrownBy(() -> encoder.embedIds(List.of(new int[] {2}, new int[0])))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("text 2 of 2 has no tokens");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        modules.json          | {}                                      | is not a list of JSON objects
        modules.json          | [{'type': 'x.CLIPModel'}]               | type CLIPModel
        modules.json          | [{'type': 'x.Transformer'}, {'type': 'x.LSTM'}]                | type LSTM
        modules.json          | [{'type': 'x.Transformer'}, {'type': 'x.Pooling', 'path': '../1'}] | ../1
        1_Pooling/config.json | {'pooling_mode_mean_tokens': false}     | no kind of pooling
        1_Pooling/config.json | {'pooling_mode': 'sum'}                 | pooling_mode sum
        2_Dense/config.json   | {'in_features': 0, 'out_features': 3}   | from 0 to 3
        2_Dense/config.json   | {'in_features': 8, 'out_features': 3, 'activation_function': 'x.Mish'} | x.Mish
        sentence_bert_config.json | {'max_seq_length': 0}               | max_seq_length 0
        config_sentence_transformers.json | {'default_prompt_name': 'q'} | default_prompt_name q
        """)
    void whatIsNotKnownIsRefused(String file, String json, String problem) throws IOException {
        try (var model = EncoderLaws.random(SPEC, new SplittableRandom(3))) {
            plain(model);
            modules("Transformer", "Pooling", "Normalize");
            if (file.startsWith("2_Dense")) {
                modules("Transformer", "Pooling", "Dense");
            }
            write("1_Pooling/config.json", "{'pooling_mode_mean_tokens': true}");
            write(file, json);
            assertThatThrownBy(this::open)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file)
                    .hasMessageContaining(problem);
        }
    }
}
