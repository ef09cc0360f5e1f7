package dev.cortado.model.onnx;

import static dev.cortado.testkit.TensorAssert.assertTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cortado.model.DecoderLaws;
import dev.cortado.model.Encoder;
import dev.cortado.model.Encoder.Tokens;
import dev.cortado.model.EncoderLaws;
import dev.cortado.model.Layout;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Params;
import dev.cortado.model.Pass;
import dev.cortado.model.TinyEncoders;
import dev.cortado.model.arch.BertSpec;
import dev.cortado.model.arch.EncoderTask;
import dev.cortado.model.convert.GraphLikeness;
import dev.cortado.model.folder.ModelFolder;
import dev.cortado.model.weights.ModelWeights;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import dev.cortado.testkit.Seeds;
import dev.cortado.testkit.SharedData;
import dev.cortado.testkit.StrictScopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Exported encoders, run by ONNX Runtime and by our own evaluator, are the encoders, with every head.
@ExtendWith(StrictScopes.class)
class EncoderExportTest {
    private static final int LENGTH = 9;

    @TempDir
    private Path folder;

    /// What the exported graph of a model with this task is to give, in the names of Hugging Face's models.
    private static Map<String, Tensor> expected(Encoder model, EncoderTask task, Tokens tokens, Pass pass) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        Tensor hidden = model.hidden(tokens, pass);
        List<Tensor> heads =
                model.heads().stream().map(head -> head.apply(hidden)).toList();
        switch (task) {
            case EncoderTask.Bare _ -> {
                all.put("last_hidden_state", hidden);
                model.pooler().ifPresent(pooler -> all.put("pooler_output", pooler.pool(hidden)));
            }
            case EncoderTask.PreTraining _ -> {
                all.put("prediction_logits", heads.getFirst());
                all.put("seq_relationship_logits", heads.getLast());
            }
            case EncoderTask.Spans _ -> {
                all.put("start_logits", heads.getFirst().select(2, 0));
                all.put("end_logits", heads.getFirst().select(2, 1));
            }
            default -> all.put("logits", heads.getFirst());
        }
        return all;
    }

    /// Three texts of different lengths, padded to one.
    private void holds(ModelSpec spec, EncoderTask task, int types, RandomGenerator random) throws Exception {
        Path file = folder.resolve("model.onnx");
        try (var model = EncoderLaws.random(spec, random);
                var _ = Grad.off();
                var weights = SavedModel.of(model, folder.resolve("model.safetensors"))) {
            assertThat(OnnxExport.write(file, spec, weights)).containsExactly(file);
            assertThat(GraphLikeness.of(model, List.of(file)).maxAbs()).isLessThan(1e-4);
            int[] lengths = {random.nextInt(1, LENGTH), LENGTH, random.nextInt(1, LENGTH)};
            Tokens tokens = EncoderLaws.tokens(spec, types, random, 3, LENGTH);
            Pass pass = Pass.evaluation(Device.CPU).with(new Layout.Padded(Tensors.of(lengths, 3)));
            Map<String, Tensor> expected = expected(model, task, tokens, pass);
            try (var oracle = TwoRuntimes.open(file)) {
                assertThat(oracle.outputs()).containsExactlyElementsOf(expected.keySet());
                Map<String, Tensor> inputs = new HashMap<>();
                inputs.put("input_ids", tokens.ids());
                inputs.put("attention_mask", mask(lengths));
                if (spec instanceof BertSpec) {
                    inputs.put("token_type_ids", tokens.types().orElseThrow());
                }
                assertThat(oracle.inputs()).isEqualTo(inputs.keySet());
                Map<String, Tensor> actual = oracle.run(inputs);
                for (String name : expected.keySet()) {
                    boolean perToken = task instanceof EncoderTask.Spans
                            || expected.get(name).rank() == 3;
                    for (int row = 0; row < 3; row++) {
                        Tensor here = actual.get(name).slice(0, row, row + 1L);
                        Tensor there = expected.get(name).slice(0, row, row + 1L);
                        assertTensor(perToken ? here.slice(1, 0, lengths[row]) : here)
                                .isCloseTo(perToken ? there.slice(1, 0, lengths[row]) : there, 1e-4, 1e-4);
                    }
                }
            }
            importable(spec, model, weights, file);
        }
    }

    /// What is exported can be imported: the same parameters under the same names.
    private static void importable(ModelSpec spec, Encoder model, WeightSource weights, Path file) throws IOException {
        try (OnnxFile read = OnnxFile.open(file);
                var again = spec.build(Params.loaded(read, Device.CPU), Device.CPU)) {
            assertThat(read.names()).containsExactlyInAnyOrderElementsOf(weights.names());
            for (int i = 0; i < again.parameters().list().size(); i++) {
                assertTensor(again.parameters().list().get(i).tensor())
                        .isSameAs(model.parameters().list().get(i).tensor());
            }
        }
    }

    private static Tensor mask(int... lengths) {
        int[] mask = new int[lengths.length * LENGTH];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % LENGTH < lengths[i / LENGTH] ? 1 : 0;
        }
        return Tensors.of(mask, lengths.length, LENGTH);
    }

    @Test
    void bert() {
        Seeds.repeat(2, random -> {
            List<EncoderTask> tasks = new ArrayList<>(TinyEncoders.tasks(random));
            tasks.add(new EncoderTask.PreTraining(random.nextBoolean()));
            tasks.add(new EncoderTask.NextSentence());
            for (EncoderTask task : tasks) {
                var spec = TinyEncoders.bert(random, task);
                holds(spec, task, spec.textTypes(), random);
            }
        });
    }

    /// Random ids are that of padding here and there, which it counts no positions for.
    @Test
    void roberta() {
        Seeds.repeat(2, random -> {
            for (EncoderTask task : TinyEncoders.tasks(random)) {
                holds(TinyEncoders.roberta(random, task), task, 1, random);
            }
        });
    }

    @Test
    void distilBert() {
        Seeds.repeat(2, random -> {
            for (EncoderTask task : TinyEncoders.tasks(random)) {
                holds(TinyEncoders.distilBert(random, task), task, 1, random);
            }
        });
    }

    /// Checkpoints of the bare model for a model with a head would lack the head; those of a model with a head
    /// serve the bare one, and those from TensorFlow name norms otherwise.
    @Test
    void otherSpellingsAndStraysAreTheSameModel() throws Exception {
        var random = new SplittableRandom(4);
        var trained = TinyEncoders.bert(random, new EncoderTask.MaskedLm(true));
        var bare = new BertSpec(trained.sizes(), trained.textTypes(), trained.normEpsilon(), new EncoderTask.Bare());
        Path file = folder.resolve("model.onnx");
        try (var model = EncoderLaws.random(trained, random);
                var _ = Grad.off();
                var weights = SavedModel.of(
                        model,
                        folder.resolve("model.safetensors"),
                        DType.F32,
                        name -> name.replace("LayerNorm.weight", "LayerNorm.gamma")
                                .replace("LayerNorm.bias", "LayerNorm.beta"))) {
            OnnxExport.write(file, bare, weights);
            Tensor ids = DecoderLaws.ids(trained, random, 1, LENGTH);
            try (var oracle = TwoRuntimes.open(file)) {
                assertThat(oracle.outputs()).as("no pooler").containsExactly("last_hidden_state");
                Map<String, Tensor> actual = oracle.run(Map.of(
                        "input_ids", ids,
                        "attention_mask", mask(LENGTH),
                        "token_type_ids", Tensors.of(new int[LENGTH], 1, LENGTH)));
                assertTensor(actual.get("last_hidden_state"))
                        .isCloseTo(model.hidden(Tokens.of(ids), Pass.evaluation(Device.CPU)), 1e-4, 1e-4);
            }
        }
    }

    @Test
    void everythingThatABertInPreTrainingComputes() throws Exception {
        Path oracles = SharedData.require("oracles/bert-a");
        JsonNode expected =
                new ObjectMapper().readTree(oracles.resolve("expected.json").toFile());
        var trained = (BertSpec) ModelFolder.spec(oracles);
        var bare = new BertSpec(trained.sizes(), trained.textTypes(), trained.normEpsilon(), new EncoderTask.Bare());
        Path whole = folder.resolve("whole.onnx");
        Path body = folder.resolve("body.onnx");
        try (var weights = ModelWeights.open(oracles)) {
            OnnxExport.write(whole, trained, weights);
            OnnxExport.write(body, bare, weights);
        }
        try (var heads = TwoRuntimes.open(whole);
                var hidden = TwoRuntimes.open(body)) {
            for (int i = 0; i < expected.get("input_ids").size(); i++) {
                int[] ids = Expected.ids(expected.get("input_ids").get(i));
                int[] types = Expected.ids(expected.get("token_type_ids").get(i));
                int length = ids.length;
                Map<String, Tensor> inputs = Map.of(
                        "input_ids", Tensors.of(ids, 1, length),
                        "attention_mask",
                                Tensors.of(ids, 1, length).mul(0).add(1).to(DType.I64),
                        "token_type_ids", Tensors.of(types, 1, length));
                Map<String, Tensor> all = new HashMap<>(heads.run(inputs));
                all.putAll(hidden.run(inputs));
                Map<String, String> fields = Map.of(
                        "last_hidden_state", "hidden",
                        "pooler_output", "pooled",
                        "prediction_logits", "logits",
                        "seq_relationship_logits", "seq_relationship_logits");
                assertThat(all.keySet()).isEqualTo(fields.keySet());
                for (var field : fields.entrySet()) {
                    double[] numbers =
                            Expected.numbers(expected.get(field.getValue()).get(i));
                    assertTensor(all.get(field.getKey())).isCloseTo(numbers, 1e-4, 0);
                }
            }
        }
    }
}
