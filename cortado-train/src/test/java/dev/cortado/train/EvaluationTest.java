package dev.cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.train.objective.CausalObjective;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    private static final CausalObjective OBJECTIVE = new CausalObjective(CausalObjective.Head.CHUNKED);

    @TempDir
    Path folder;

    private final PipelineTokenizer tokenizer = Tiny.tokenizer();

    /// −log p of the last token of a text, from its logits, in double.
    private static double naive(CausalLm model, int[] text) {
        int[] inputs = Arrays.copyOf(text, text.length - 1);
        try (var _ = Scope.open("naive");
                var _ = Grad.off()) {
            float[] logits = model.forward(
                            Tensors.of(inputs, 1, inputs.length), Tiny.pass(DType.F32, ComputeForm.FUSED))
                    .select(1, inputs.length - 1L)
                    .toFloats();
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            return Math.log(sum) - logits[text[text.length - 1]];
        }
    }

    /// One document of one row: every token is predicted from all before it.
    @Test
    void lossPerplexityAndBitsPerByteAreThoseOfTheLogits() throws IOException {
        String text = "the cat sat on the mat – größer";
        int[] ids = tokenizer.encode(text);
        int separator = tokenizer.specials().require(Tiny.SEPARATOR);
        int[] stream = new int[ids.length + 2];
        stream[0] = separator;
        System.arraycopy(ids, 0, stream, 1, ids.length);
        stream[ids.length + 1] = separator;
        try (TokenStore store = Tiny.store(folder.resolve("tokens"), List.of(text), tokenizer);
                CausalLm model = Tiny.loudModel(tokenizer.vocabSize())) {
            var task = new Evaluation.Task(new Rows(store, ids.length + 1), tokenizer, Long.MAX_VALUE, 4);
            Evaluation found = task.of(model, OBJECTIVE, Tiny.pass(DType.F32, ComputeForm.FUSED));
            double nats = 0;
            for (int t = 1; t < stream.length; t++) {
                nats += naive(model, Arrays.copyOf(stream, t + 1));
            }
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            assertThat(found.tokens()).isEqualTo(ids.length + 1);
            assertThat(found.bytes()).as("the separator counts no byte").isEqualTo(bytes);
            assertThat(found.loss()).isCloseTo(nats / (ids.length + 1), within(1e-5));
            assertThat(found.perplexity()).isCloseTo(Math.exp(nats / (ids.length + 1)), within(1e-3));
            assertThat(found.bitsPerByte()).isCloseTo(nats / Math.log(2) / bytes, within(1e-5));
        }
    }

    @Test
    void theSizeOfItsBatchesDoesNotMatter() throws IOException {
        try (TokenStore store = Tiny.store(folder.resolve("tokens"), Tiny.texts(40), tokenizer);
                CausalLm model = Tiny.loudModel(tokenizer.vocabSize())) {
            Rows rows = new Rows(store, Tiny.CONTEXT);
            Evaluation one = evaluate(model, rows, Long.MAX_VALUE, 1);
            Evaluation seven = evaluate(model, rows, Long.MAX_VALUE, 7);
            assertThat(one.tokens()).isEqualTo(rows.rows() * Tiny.CONTEXT);
            assertThat(seven.tokens()).isEqualTo(one.tokens());
            assertThat(seven.bytes()).isEqualTo(one.bytes());
            assertThat(seven.loss()).isCloseTo(one.loss(), within(1e-5));
        }
    }

    @Test
    void onlyTheFirstRowsAreReadWhenTold() throws IOException {
        try (TokenStore store = Tiny.store(folder.resolve("tokens"), Tiny.texts(40), tokenizer);
                CausalLm model = Tiny.loudModel(tokenizer.vocabSize())) {
            Rows rows = new Rows(store, Tiny.CONTEXT);
            double two = evaluate(model, rows, 2, 1).loss();
            double three = evaluate(model, rows, 3, 2).loss();
            assertThat(evaluate(model, rows, 3, 2).tokens()).isEqualTo(3 * Tiny.CONTEXT);
            assertThat(evaluate(model, rows, 2, 16).loss()).isCloseTo(two, within(1e-5));
            assertThat(three).isNotCloseTo(two, within(1e-4));
        }
    }

    private Evaluation evaluate(CausalLm model, Rows rows, long most, int batchRows) {
        long before = Scope.liveTensors();
        Evaluation found = new Evaluation.Task(rows, tokenizer, most, batchRows)
                .of(model, OBJECTIVE, Tiny.pass(DType.F32, ComputeForm.FUSED));
        assertThat(Scope.liveTensors()).as("tensors left behind").isEqualTo(before);
        return found;
    }
}
