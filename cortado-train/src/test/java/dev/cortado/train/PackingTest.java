package dev.cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cortado.model.CausalLm;
import dev.cortado.model.ComputeForm;
import dev.cortado.model.Layout;
import dev.cortado.model.Pass;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensors;
import dev.cortado.text.corpus.Rows;
import dev.cortado.text.corpus.TokenStore;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import dev.cortado.train.objective.Batch;
import dev.cortado.train.objective.CausalObjective;
import dev.cortado.train.objective.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Documents that share a row do not see each other.
class PackingTest {
    @TempDir
    Path folder;

    private final PipelineTokenizer tokenizer = Tiny.tokenizer();
    private final int separator = tokenizer.specials().require(Tiny.SEPARATOR);

    /// The loss of all rows, packed, is that of each piece of a document computed by itself.
    @Test
    void packedRowsCostWhatTheirDocumentsCostAlone() throws IOException {
        try (TokenStore store = Tiny.store(folder.resolve("tokens"), Tiny.texts(40), tokenizer);
                CausalLm model = Tiny.loudModel(tokenizer.vocabSize())) {
            Rows rows = new Rows(store, Tiny.CONTEXT);
            int[] all = IntStream.range(0, (int) rows.rows()).toArray();
            assertThat(all).hasSizeGreaterThan(10);
            for (ComputeForm attention : ComputeForm.values()) {
                for (CausalObjective.Head head : CausalObjective.Head.values()) {
                    Pass pass = Tiny.pass(DType.F32, attention);
                    var objective = new CausalObjective(head);
                    double alone = 0;
                    for (int row : all) {
                        alone += piecesAlone(model, objective, pass, tokens(store, row));
                    }
                    double packed = packed(model, objective, pass, rows, all, false);
                    assertThat(packed).as("%s, %s", attention, head).isCloseTo(alone, within(1e-5 * alone));
                    assertThat(packed(model, objective, pass, rows, all, true))
                            .as("rows taken for whole texts: this test sees leaks")
                            .isNotCloseTo(alone, within(1e-3 * alone));
                }
            }
        }
    }

    private static double packed(
            CausalLm model, Objective<CausalLm> objective, Pass pass, Rows rows, int[] ids, boolean leaking) {
        try (var _ = Scope.open("packed");
                var _ = Grad.off()) {
            Batch batch = Batches.load(rows, ids, Device.CPU);
            Batch used =
                    leaking ? new Batch(batch.inputs(), batch.targets(), new Layout.Whole(0), batch.count()) : batch;
            return objective.loss(model, used, pass).sum().toDouble();
        }
    }

    /// Cuts T + 1 tokens where a separator begins a document, and adds up the losses of the pieces.
    private double piecesAlone(CausalLm model, Objective<CausalLm> objective, Pass pass, int[] tokens) {
        double sum = 0;
        int begin = 0;
        for (int t = 1; t < tokens.length; t++) {
            if (tokens[t] == separator || t == tokens.length - 1) {
                sum += alone(
                        model,
                        objective,
                        pass,
                        Arrays.copyOfRange(tokens, begin, t),
                        Arrays.copyOfRange(tokens, begin + 1, t + 1));
                begin = t;
            }
        }
        return sum;
    }

    private static double alone(CausalLm model, Objective<CausalLm> objective, Pass pass, int[] inputs, int[] targets) {
        try (var _ = Scope.open("alone");
                var _ = Grad.off()) {
            var batch = new Batch(
                    Tensors.of(inputs, 1, inputs.length),
                    Tensors.of(targets, 1, targets.length),
                    new Layout.Whole(0),
                    targets.length);
            return objective.loss(model, batch, pass).sum().toDouble();
        }
    }

    private static int[] tokens(TokenStore store, int row) {
        int[] tokens = new int[Tiny.CONTEXT + 1];
        store.read((long) row * Tiny.CONTEXT, tokens);
        return tokens;
    }

    /// To the last bit: what a model makes of a document does not depend on the one before it in the row.
    @Test
    void anotherNeighbourChangesNothing() throws IOException {
        String document = " the cat sat on the mat";
        int pieces = tokenizer.encode(document).length;
        for (ComputeForm attention : ComputeForm.values()) {
            for (DType precision : List.of(DType.F32, DType.BF16)) {
                float[] first = activations("zzzz", document, precision, attention);
                float[] second = activations("QQQQ", document, precision, attention);
                int width = 32;
                int from = first.length - pieces * width;
                String how = attention + ", " + precision;
                assertThat(second).as("%s: neighbours of equal length", how).hasSameSizeAs(first);
                assertThat(Arrays.mismatch(first, second))
                        .as("%s: they differ", how)
                        .isBetween(0, from - 1);
                assertThat(Arrays.mismatch(first, from, first.length, second, from, second.length))
                        .as("%s: first number of the document that changed", how)
                        .isEqualTo(-1);
            }
        }
    }

    /// Activations of `S one S two`, [T · D].
    private float[] activations(String one, String two, DType precision, ComputeForm attention) throws IOException {
        try (TokenStore store = Tiny.store(folder.resolve("two"), List.of(one, two), tokenizer);
                CausalLm model = Tiny.loudModel(tokenizer.vocabSize());
                var _ = Scope.open("activations");
                var _ = Grad.off()) {
            Rows rows = new Rows(store, (int) store.tokens() - 1);
            Batch batch = Batches.load(rows, new int[] {0}, Device.CPU);
            return model.hidden(batch.inputs(), Tiny.pass(precision, attention).with(batch.layout()))
                    .toFloats();
        }
    }
}
