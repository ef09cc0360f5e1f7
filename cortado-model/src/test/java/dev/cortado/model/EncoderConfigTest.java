package dev.cortado.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cortado.model.arch.BertConfig;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.DistilBertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.arch.Labels;
import dev.cortado.model.arch.RobertaSpec;
import dev.cortado.model.config.ConfigFile;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.layer.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `config.json` of encoders: what is absent, what is spelled otherwise, and what is refused.
class EncoderConfigTest {
    @TempDir
    private Path folder;

    private ModelSpec read(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return ModelFolder.spec(folder);
    }

    @Test
    void absentNumbersAreThoseOfTheirFamily() throws IOException {
        var sizes = new EncoderSizes(30_522, 512, 768, 12, 12, 3072, Activation.GELU);
        assertThat(read("{\"architectures\": [\"BertModel\"]}"))
                .isEqualTo(new BertSpec(sizes, 2, 1e-12, new EncoderTask.Bare()));
        assertThat(read("{\"model_type\": \"bert\"}")).isEqualTo(read("{\"architectures\": [\"BertModel\"]}"));
        assertThat(read("{\"architectures\": [\"RobertaForMaskedLM\"]}"))
                .isEqualTo(new RobertaSpec(
                        RobertaSpec.Family.ROBERTA,
                        new EncoderSizes(50_265, 512, 768, 12, 12, 3072, Activation.GELU),
                        2,
                        1e-12,
                        1,
                        new EncoderTask.MaskedLm(true)));
        assertThat(read("{\"model_type\": \"xlm-roberta\"}"))
                .isEqualTo(new RobertaSpec(RobertaSpec.Family.XLM_ROBERTA, sizes, 2, 1e-12, 1, new EncoderTask.Bare()));
        assertThat(read("{\"model_type\": \"camembert\"}").architecture()).isEqualTo("CamembertModel");
        assertThat(read("{\"model_type\": \"distilbert\"}"))
                .isEqualTo(new DistilBertSpec(
                        new EncoderSizes(30_522, 512, 768, 6, 12, 3072, Activation.GELU),
                        false,
                        new EncoderTask.Bare()));
    }

    @Test
    void robertasContextBeginsAfterPadding() throws IOException {
        ModelSpec spec = read("""
            {"architectures": ["XLMRobertaModel"], "max_position_embeddings": 514, "pad_token_id": 1}\
            """);
        assertThat(spec.contextLength()).isEqualTo(512);
    }

    @Test
    void distilBertAnswersToTheNamesOfOthers() throws IOException {
        ModelSpec spec = read("""
            {"model_type": "distilbert", "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3}\
            """);
        assertThat(spec.width()).isEqualTo(24);
        assertThat(spec.layers()).isEqualTo(2);
        assertThat(((DistilBertSpec) spec).sizes().heads()).isEqualTo(3);
    }

    @Test
    void labelsAreNamedOrCounted() throws IOException {
        String bert = "{\"architectures\": [\"BertForSequenceClassification\"]";
        assertThat(labels(read(bert + "}"))).isEqualTo(Labels.of(2));
        assertThat(labels(read(bert + ", \"num_labels\": 5}"))).isEqualTo(Labels.of(5));
        assertThat(labels(read(bert + ", \"num_labels\": 1}")).problem()).isEqualTo(Labels.Problem.REGRESSION);
        assertThat(labels(read(bert + ", \"num_labels\": 9, \"id2label\": {\"1\": \"no\", \"0\": \"yes\"}}")))
                .isEqualTo(new Labels(List.of("yes", "no"), Labels.Problem.SINGLE_LABEL_CLASSIFICATION));
        assertThat(labels(read(bert + ", \"problem_type\": \"multi_label_classification\"}"))
                        .problem())
                .isEqualTo(Labels.Problem.MULTI_LABEL_CLASSIFICATION);
    }

    private static Labels labels(ModelSpec spec) {
        return ((EncoderTask.TextLabels) ((BertSpec) spec).task()).labels();
    }

    @Test
    void activationsHaveManyNames() throws IOException {
        Map<String, Activation> known = Map.of(
                "gelu", Activation.GELU,
                "gelu_python", Activation.GELU,
                "gelu_new", Activation.GELU_TANH,
                "gelu_fast", Activation.GELU_TANH,
                "gelu_pytorch_tanh", Activation.GELU_TANH,
                "quick_gelu", Activation.GELU_SIGMOID,
                "relu", Activation.RELU,
                "silu", Activation.SILU,
                "swish", Activation.SILU,
                "tanh", Activation.TANH);
        for (var entry : known.entrySet()) {
            var spec = (BertSpec) read("{\"model_type\": \"bert\", \"hidden_act\": \"" + entry.getKey() + "\"}");
            assertThat(spec.sizes().activation()).isEqualTo(entry.getValue());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        'is_decoder': true                              | is_decoder
        'add_cross_attention': true                     | add_cross_attention
        'position_embedding_type': 'relative_key'       | position_embedding_type relative_key
        'pruned_heads': {'0': [1]}                      | pruned_heads
        'hidden_act': 'mish'                            | hidden_act 'mish'
        'num_attention_heads': 5                        | width 768 is not divisible by heads 5
        'layer_norm_eps': 0                             | normEpsilon
        'num_labels': 0                                 | a classifier of 0 labels
        'num_labels': 2000000000                        | a classifier of 2000000000 labels
        'problem_type': 'ranking'                       | problem_type ranking
        'id2label': []                                  | 'id2label' is [], not an object
        'vocab_size': -3                                | vocabSize -3
        """)
    void whatWouldChangeTheNumbersIsRefused(String setting, String problem) {
        for (String architecture : List.of("BertForSequenceClassification", "RobertaForSequenceClassification")) {
            String json = "{\"architectures\": [\"" + architecture + "\"], " + setting.replace('\'', '"') + "}";
            assertThatThrownBy(() -> read(json))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(folder.resolve("config.json") + " ")
                    .hasMessageContaining(problem);
        }
    }

    @Test
    void robertaLeavesRoomForATextBehindPadding() {
        assertThatThrownBy(() -> read("""
            {"model_type": "roberta", "pad_token_id": 511}\
            """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("padding 511");
    }

    @Test
    void settingsWithoutEffectAreIgnored() throws IOException {
        Files.writeString(folder.resolve("config.json"), """
            {"architectures": ["BertModel"], "pruned_heads": {}, "is_decoder": false, "output_past": true,
             "classifier_dropout": null, "gradient_checkpointing": false, "position_embedding_type": "absolute",
             "directionality": "bidi", "pooler_fc_size": 768, "torch_dtype": "float16", "use_cache": true}\
            """);
        assertThat(BertConfig.read(ConfigFile.read(folder.resolve("config.json")))
                        .sizes()
                        .width())
                .isEqualTo(768);
    }
}
