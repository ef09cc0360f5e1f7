package dev.cortado.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.cortado.infer.Prompt;
import dev.cortado.model.CausalLm;
import dev.cortado.model.Encoder;
import dev.cortado.model.EncoderDecoder;
import dev.cortado.model.EncoderHead;
import dev.cortado.model.Model;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Pass;
import dev.cortado.tensor.Grad;
import dev.cortado.tensor.Scope;
import dev.cortado.tensor.Tensor;
import dev.cortado.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cortado logits`: what a model makes of token ids, at every position.
@Command(
        name = "logits",
        description = {
            "Show what a model makes of token ids.",
            "",
            "Decoders: the logits of the next token after each. Encoders: those of their head for each token, or for",
            "the text. Encoder-decoders read --ids and give the logits after each of --decoder-ids."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado logits --model DIR --ids 1,403,407 --json",
            "  cortado logits --model bert --ids 2,17,3,9,3 --token-types 0,0,0,1,1 --hidden",
            "  cortado logits --model t5 --ids 12,7,1 --decoder-ids 0,44"
        })
final class LogitsCommand implements Callable<Integer> {
    private static final int SHOWN = 5;

    private final Output output;

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Option(names = "--ids", required = true, paramLabel = "1,2,3", description = "Token ids.")
    private String ids = "";

    @Option(
            names = "--token-types",
            paramLabel = "0,0,1",
            description = "Which of two texts each id belongs to, for encoders that tell them apart.")
    private @Nullable String types;

    @Option(
            names = "--decoder-ids",
            paramLabel = "0,5",
            description = "What an encoder-decoder has written so far (default: the id its texts begin with).")
    private @Nullable String decoderIds;

    @Option(names = "--hidden", description = "The last activations instead of logits.")
    private boolean hidden;

    LogitsCommand(Output output) {
        this.output = output;
    }

    /// What `--json` prints: shape [T, V] and logits, or [T, D] and activations.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Report(
            List<Long> shape,
            @Nullable List<float[]> logits,
            @Nullable List<float[]> hidden) {}

    @Override
    public Integer call() throws Exception {
        int[] tokens = ModelOptions.ids(ids);
        try (Model model = options.open();
                var _ = Scope.open("logits");
                var _ = Grad.off()) {
            model.parameters().mentions().forEach(output::note);
            Pass pass = Pass.evaluation(model.device()).with(options.precision);
            Tensor input = input(tokens, model, model.spec().sourceVocabSize());
            if (types != null && !(model instanceof Encoder)) {
                throw new IllegalArgumentException("--token-types is for encoders; " + options.model + " is a "
                        + model.spec().architecture());
            }
            if (decoderIds != null && !(model instanceof EncoderDecoder)) {
                throw new IllegalArgumentException("--decoder-ids is for encoder-decoders; " + options.model + " is a "
                        + model.spec().architecture());
            }
            switch (model) {
                case CausalLm decoder -> {
                    Tensor last = decoder.hidden(input, pass);
                    show(
                            tokens,
                            last,
                            hidden
                                    ? Optional.empty()
                                    : Optional.of(decoder.head().apply(last)));
                }
                case Encoder encoder -> {
                    Tensor last = encoder.hidden(new Encoder.Tokens(input, types(tokens, encoder)), pass);
                    Optional<EncoderHead> head = hidden ? Optional.empty() : encoder.head();
                    show(tokens, last, head.map(h -> h.apply(last)));
                }
                case EncoderDecoder both -> {
                    int[] written = decoderIds == null ? new int[] {both.decoderStart()} : ModelOptions.ids(decoderIds);
                    Tensor last =
                            both.hidden(input(written, both, both.spec().vocabSize()), both.encode(input, pass), pass);
                    show(
                            written,
                            last,
                            hidden ? Optional.empty() : Optional.of(both.head().apply(last)));
                }
            }
        }
        return 0;
    }

    private Tensor input(int[] ids, Model model, int vocabSize) {
        ModelSpec spec = model.spec();
        Prompt.requireInside(ids, vocabSize);
        if (ids.length > spec.contextLength()) {
            String tooMany = ids.length + " ids are more than the " + spec.contextLength() + " this model ";
            if (spec.boundedContext()) {
                throw new IllegalArgumentException(tooMany + "sees");
            }
            output.note(tooMany + "was made for");
        }
        return Tensors.of(ids, 1, ids.length).to(model.device());
    }

    private Optional<Tensor> types(int[] tokens, Model model) {
        if (types == null) {
            return Optional.empty();
        }
        int[] each = ModelOptions.ids(types);
        if (each.length != tokens.length) {
            throw new IllegalArgumentException(
                    each.length + " token types for " + tokens.length + " ids: give one for each");
        }
        return Optional.of(Tensors.of(each, 1, each.length).to(model.device()));
    }

    /// Logits where there are some, activations [1, T, D] where not.
    private void show(int[] tokens, Tensor last, Optional<Tensor> logits) {
        Tensor shown = logits.orElse(last);
        long width = shown.size(-1);
        List<float[]> rows = rows(shown, (int) width);
        List<Long> shape = List.of((long) rows.size(), width);
        output.result(
                logits.isPresent() ? new Report(shape, rows, null) : new Report(shape, null, rows),
                logits.isPresent() ? likeliest(tokens, rows) : beginnings(rows));
    }

    private static List<float[]> rows(Tensor tensor, int width) {
        float[] flat = tensor.contiguous().toFloats();
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < flat.length; from += width) {
            rows.add(Arrays.copyOfRange(flat, from, from + width));
        }
        return rows;
    }

    /// The likeliest tokens, or classes, at each position.
    private static String likeliest(int[] tokens, List<float[]> rows) {
        StringBuilder lines = new StringBuilder();
        for (int t = 0; t < rows.size(); t++) {
            float[] row = rows.get(t);
            Integer[] order = new Integer[row.length];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Float.compare(row[b], row[a]));
            lines.append(t == 0 ? "" : "\n");
            lines.append(rows.size() == tokens.length ? "after " + tokens[t] : "text")
                    .append(':');
            for (int i = 0; i < Math.min(SHOWN, order.length); i++) {
                lines.append("  %d (%.4f)".formatted(order[i], row[order[i]]));
            }
        }
        return lines.toString();
    }

    private static String beginnings(List<float[]> rows) {
        StringBuilder lines = new StringBuilder();
        for (float[] row : rows) {
            lines.append(lines.isEmpty() ? "" : "\n");
            for (int i = 0; i < Math.min(SHOWN, row.length); i++) {
                lines.append("%10.4f".formatted(row[i]));
            }
            lines.append(row.length > SHOWN ? "  …" : "");
        }
        return lines.toString();
    }
}
