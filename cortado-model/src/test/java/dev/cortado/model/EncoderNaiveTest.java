package dev.cortado.model;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.DistilBertSpec;
import dev.cortado.model.arch.EncoderSizes;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.arch.Labels;
import dev.cortado.model.arch.RobertaSpec;
import dev.cortado.model.layer.Activation;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Doubles;
import dev.cortado.testkit.Naive;
import dev.cortado.testkit.NaiveBert;
import dev.cortado.testkit.NaiveDistilBert;
import dev.cortado.testkit.NaiveEncoder;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.StrictScopes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Encoders against the same formulas in plain loops.
@ExtendWith(StrictScopes.class)
class EncoderNaiveTest {
    private static final Pass EVALUATION = Pass.evaluation(Device.CPU);

    static DoubleUnaryOperator function(Activation activation) {
        return switch (activation) {
            case RELU -> x -> Math.max(0, x);
            case GELU -> NaiveEncoder::gelu;
            case GELU_TANH -> x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case GELU_SIGMOID -> x -> x / (1 + Math.exp(-1.702 * x));
            case SILU -> Naive::silu;
            case TANH -> Math::tanh;
        };
    }

    private static NaiveEncoder formulas(Encoder model, EncoderSizes sizes, double epsilon) {
        return new NaiveEncoder(sizes.heads(), epsilon, function(sizes.activation()), DecoderLaws.weights(model));
    }

    private static int[] some(RandomGenerator random, int count, int bound) {
        return random.ints(count, 0, bound).toArray();
    }

    private static Tensor hidden(Encoder model, int[] ids, int[] types) {
        return model.hidden(
                new Tokens(Tensors.of(ids, 1, ids.length), Optional.of(Tensors.of(types, 1, types.length))),
                EVALUATION);
    }

    private static void same(Tensor actual, double[][] expected) {
        assertTensor(actual).isCloseTo(Doubles.flat(expected), 1e-4, 1e-4);
    }

    @Test
    void bert() {
        Seeds.repeat(10, random -> {
            BertSpec spec = TinyEncoders.bert(random, new EncoderTask.PreTraining(true));
            try (var model = EncoderLaws.random(spec, random);
                    var _ = Grad.off()) {
                int[] ids = some(random, random.nextInt(1, 12), spec.vocabSize());
                int[] types = some(random, ids.length, spec.textTypes());
                NaiveEncoder formulas = formulas(model, spec.sizes(), spec.normEpsilon());
                double[][] expected =
                        new NaiveBert(formulas, spec.layers(), OptionalInt.empty(), "bert.").hidden(ids, types);
                Tensor hidden = hidden(model, ids, types);
                same(hidden, expected);
                same(
                        model.pooler().orElseThrow().pool(hidden),
                        formulas.pooled(expected, "bert.pooler.dense", Math::tanh));
                same(
                        model.heads().getFirst().apply(hidden),
                        formulas.words(
                                expected,
                                "cls.predictions.transform.dense",
                                function(spec.sizes().activation()),
                                "cls.predictions.transform.LayerNorm",
                                "bert.embeddings.word_embeddings.weight",
                                "cls.predictions.bias"));
                same(
                        model.heads().getLast().apply(hidden),
                        formulas.text(expected, "bert.pooler.dense", Math::tanh, "cls.seq_relationship"));
            }
        });
    }

    @Test
    void bertsOfOtherTasks() {
        Seeds.repeat(4, random -> {
            for (EncoderTask task : TinyEncoders.tasks(random)) {
                BertSpec spec = TinyEncoders.bert(random, task);
                try (var model = EncoderLaws.random(spec, random);
                        var _ = Grad.off()) {
                    int[] ids = some(random, random.nextInt(1, 12), spec.vocabSize());
                    int[] types = some(random, ids.length, spec.textTypes());
                    NaiveEncoder formulas = formulas(model, spec.sizes(), spec.normEpsilon());
                    String path = task instanceof EncoderTask.Bare ? "" : "bert.";
                    double[][] expected =
                            new NaiveBert(formulas, spec.layers(), OptionalInt.empty(), path).hidden(ids, types);
                    Tensor hidden = hidden(model, ids, types);
                    switch (task) {
                        case EncoderTask.TextLabels _ ->
                            same(
                                    model.head().orElseThrow().apply(hidden),
                                    formulas.text(expected, "bert.pooler.dense", Math::tanh, "classifier"));
                        case EncoderTask.TokenLabels _ ->
                            same(model.head().orElseThrow().apply(hidden), formulas.affine(expected, "classifier"));
                        case EncoderTask.Spans _ ->
                            same(model.head().orElseThrow().apply(hidden), formulas.affine(expected, "qa_outputs"));
                        case EncoderTask.MaskedLm(boolean tied) ->
                            same(
                                    model.head().orElseThrow().apply(hidden),
                                    formulas.words(
                                            expected,
                                            "cls.predictions.transform.dense",
                                            function(spec.sizes().activation()),
                                            "cls.predictions.transform.LayerNorm",
                                            tied
                                                    ? "bert.embeddings.word_embeddings.weight"
                                                    : "cls.predictions.decoder.weight",
                                            "cls.predictions.bias"));
                        default -> same(hidden, expected);
                    }
                }
            }
        });
    }

    /// Texts with padding among their ids, too.
    @Test
    void roberta() {
        Seeds.repeat(4, random -> {
            for (EncoderTask task : TinyEncoders.tasks(random)) {
                RobertaSpec spec = TinyEncoders.roberta(random, task);
                try (var model = EncoderLaws.random(spec, random);
                        var _ = Grad.off()) {
                    int[] ids = some(random, random.nextInt(1, 12), spec.vocabSize());
                    ids[random.nextInt(ids.length)] = spec.padding();
                    int[] types = some(random, ids.length, spec.textTypes());
                    NaiveEncoder formulas = formulas(model, spec.sizes(), spec.normEpsilon());
                    String path = task instanceof EncoderTask.Bare ? "" : "roberta.";
                    double[][] expected = new NaiveBert(formulas, spec.layers(), OptionalInt.of(spec.padding()), path)
                            .hidden(ids, types);
                    Tensor hidden = hidden(model, ids, types);
                    same(hidden, expected);
                    switch (task) {
                        case EncoderTask.TextLabels _ ->
                            same(
                                    model.head().orElseThrow().apply(hidden),
                                    formulas.text(expected, "classifier.dense", Math::tanh, "classifier.out_proj"));
                        case EncoderTask.MaskedLm(boolean tied) ->
                            same(
                                    model.head().orElseThrow().apply(hidden),
                                    formulas.words(
                                            expected,
                                            "lm_head.dense",
                                            NaiveEncoder::gelu,
                                            "lm_head.layer_norm",
                                            tied
                                                    ? "roberta.embeddings.word_embeddings.weight"
                                                    : "lm_head.decoder.weight",
                                            "lm_head.bias"));
                        default -> assertThat(model.heads()).hasSizeLessThan(2);
                    }
                }
            }
        });
    }

    @Test
    void distilBert() {
        Seeds.repeat(4, random -> {
            for (EncoderTask task : TinyEncoders.tasks(random)) {
                DistilBertSpec spec = TinyEncoders.distilBert(random, task);
                try (var model = EncoderLaws.random(spec, random);
                        var _ = Grad.off()) {
                    int[] ids = some(random, random.nextInt(1, 12), spec.vocabSize());
                    NaiveEncoder formulas = formulas(model, spec.sizes(), 1e-12);
                    String path = task instanceof EncoderTask.Bare ? "" : "distilbert.";
                    double[][] expected = new NaiveDistilBert(formulas, spec.layers(), path).hidden(ids);
                    Tensor hidden = model.hidden(Tokens.of(Tensors.of(ids, 1, ids.length)), EVALUATION);
                    same(hidden, expected);
                    switch (task) {
                        case EncoderTask.TextLabels _ ->
                            same(
                                    model.head().orElseThrow().apply(hidden),
                                    formulas.text(expected, "pre_classifier", x -> Math.max(0, x), "classifier"));
                        case EncoderTask.MaskedLm(boolean tied) ->
                            same(
                                    model.head().orElseThrow().apply(hidden),
                                    formulas.words(
                                            expected,
                                            "vocab_transform",
                                            function(spec.sizes().activation()),
                                            "vocab_layer_norm",
                                            tied
                                                    ? "distilbert.embeddings.word_embeddings.weight"
                                                    : "vocab_projector.weight",
                                            "vocab_projector.bias"));
                        default -> assertThat(model.heads()).hasSizeLessThan(2);
                    }
                }
            }
        });
    }

    /// dL/dθ of one random number of every parameter, by moving it in the naive model.
    @Test
    void gradientsEqualCentralDifferencesOfTheNaiveModel() {
        Seeds.repeat(3, random -> {
            BertSpec spec = new BertSpec(
                    new EncoderSizes(20, 14, 8, 2, 2, 12, Activation.GELU),
                    2,
                    1e-12,
                    new EncoderTask.TextLabels(Labels.of(3)));
            try (var model = EncoderLaws.random(spec, random)) {
                int[] ids = some(random, 6, spec.vocabSize());
                int[] types = some(random, 6, spec.textTypes());
                EncoderHead head = model.head().orElseThrow();
                Tensor logits = head.apply(hidden(model, ids, types));
                assertThat(head).isInstanceOf(EncoderHead.PerText.class);
                logits.select(1, 1).sum().backward();
                NaiveEncoder formulas = formulas(model, spec.sizes(), spec.normEpsilon());
                var naive = new NaiveBert(formulas, spec.layers(), OptionalInt.empty(), "bert.");
                Map<String, double[][]> weights = formulas.weights();
                for (Parameter p : model.parameters()) {
                    double[][] rows = Objects.requireNonNull(weights.get(p.name()));
                    double[][] gradient = Doubles.rows(p.tensor().grad().orElseThrow());
                    int row = random.nextInt(rows.length);
                    int column = random.nextInt(rows[row].length);
                    double at = rows[row][column];
                    double[] moved = new double[2];
                    for (int side : List.of(0, 1)) {
                        rows[row][column] = at + (side == 0 ? -1e-5 : 1e-5);
                        moved[side] = formulas.text(
                                        naive.hidden(ids, types), "bert.pooler.dense", Math::tanh, "classifier")[0][1];
                    }
                    rows[row][column] = at;
                    assertThat(gradient[row][column])
                            .as("%s [%d, %d] of %s", p.name(), row, column, Arrays.toString(ids))
                            .isCloseTo(
                                    (moved[1] - moved[0]) / 2e-5,
                                    within(1e-3 * Math.max(1, Math.abs(gradient[row][column]))));
                }
            }
        });
    }
}
