package dev.cortado.cli;

import dev.cortado.infer.Prompt;
import dev.cortado.model.CausalLm;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cortado logits`: what a model thinks comes next, at every position.
@Command(
        name = "logits",
        description = "Show the logits of the next token after each of the given ones.",
        footerHeading = "%nExamples:%n",
        footer = {"  cortado logits --model DIR --ids 1,403,407 --json"})
final class LogitsCommand implements Callable<Integer> {
    private static final int SHOWN = 5;

    private final Output output;

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Option(names = "--ids", required = true, paramLabel = "1,2,3", description = "Token ids.")
    private String ids = "";

    LogitsCommand(Output output) {
        this.output = output;
    }

    /// What `--json` prints: shape [T, V].
    record Report(List<Long> shape, List<float[]> logits) {}

    @Override
    public Integer call() throws Exception {
        int[] tokens = ModelOptions.ids(ids);
        try (CausalLm model = options.open();
                var _ = Scope.open("logits");
                var _ = Grad.off()) {
            Prompt.requireInside(tokens, model.spec().vocabSize());
            if (tokens.length > model.spec().contextLength()) {
                throw new IllegalArgumentException(
                        tokens.length + " ids are more than the " + model.spec().contextLength() + " this model sees");
            }
            Tensor input = Tensors.of(tokens, 1, tokens.length).to(model.device());
            Tensor logits = model.forward(input, Pass.evaluation(model.device()).with(options.precision));
            float[] flat = logits.toFloats();
            int vocabulary = model.spec().vocabSize();
            List<float[]> rows = new ArrayList<>();
            for (int t = 0; t < tokens.length; t++) {
                rows.add(Arrays.copyOfRange(flat, t * vocabulary, (t + 1) * vocabulary));
            }
            output.result(new Report(List.of((long) tokens.length, (long) vocabulary), rows), text(tokens, rows));
        }
        return 0;
    }

    /// The likeliest tokens at each position.
    private static String text(int[] tokens, List<float[]> rows) {
        StringBuilder lines = new StringBuilder();
        for (int t = 0; t < tokens.length; t++) {
            float[] row = rows.get(t);
            Integer[] order = new Integer[row.length];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Float.compare(row[b], row[a]));
            lines.append(t == 0 ? "" : "\n").append("after ").append(tokens[t]).append(':');
            for (int i = 0; i < Math.min(SHOWN, order.length); i++) {
                lines.append("  %d (%.4f)".formatted(order[i], row[order[i]]));
            }
        }
        return lines.toString();
    }
}
