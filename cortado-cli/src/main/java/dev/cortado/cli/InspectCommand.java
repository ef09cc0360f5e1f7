package dev.cortado.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.cortado.model.ModelSpec;
import dev.cortado.model.Storage;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.convert.CanonicalWeights;
import dev.cortado.model.convert.Likeness;
import dev.cortado.model.convert.StorageCost;
import dev.cortado.model.quant.QuantError;
import dev.cortado.model.source.ModelSource;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `cortado inspect`: what is in a model.
@Command(
        name = "inspect",
        description = {
            "Show what a model is: its architecture and numbers, its parameters and what they are stored as, its",
            "tokenizer, chat template and licence. The weights are mapped and checked against the configuration, not",
            "read."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado inspect runs/tour/model",
            "  cortado inspect runs/tour/model --storage nf4",
            "  cortado inspect llama-3.2-1b.Q4_K_M.gguf --json"
        })
final class InspectCommand implements Callable<Integer> {
    private static final int TEMPLATE_SHOWN = 60;

    private final Output output;

    @Parameters(paramLabel = "MODEL", description = "A model folder, a .gguf file or a llama2.c .bin file.")
    private Path model = Path.of("");

    @Option(
            names = "--storage",
            description = "Show also what keeping the matrices as int8 or nf4 would cost: size, and the error of each.")
    private Optional<Storage> storage = Optional.empty();

    InspectCommand(Output output) {
        this.output = output;
    }

    /// What `--json` prints.
    ///
    /// @param bytes    of all parameters, as they are stored
    /// @param dtypes   numbers stored in each format
    /// @param mentions tensors that were left unread, names spelled otherwise
    record Report(
            String model,
            String format,
            String architecture,
            int vocabSize,
            int contextLength,
            int width,
            int layers,
            JsonNode config,
            long parameters,
            long bytes,
            Map<String, Long> dtypes,
            List<Row> tensors,
            List<String> mentions,
            @Nullable Tokenizer tokenizer,
            Ends ends,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String chatTemplate,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String licence,

            @Nullable Kept kept) {}

    /// One parameter.
    record Row(String name, List<Long> shape, String dtype, long bytes) {
        long numbers() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /// What another storage costs.
    ///
    /// @param bytes         of all parameters, kept so
    /// @param bitsPerWeight of the matrices
    /// @param relative      root mean square error of the matrices over root mean square of their numbers
    /// @param likeness      to the model as it is in its file
    record Kept(
            String storage,
            long bytes,
            double bitsPerWeight,
            double relative,
            Likeness likeness,
            List<MatrixError> matrices) {
        static Kept of(ModelSource source, Storage storage) throws IOException {
            StorageCost cost = StorageCost.of(source, storage);
            QuantError error = cost.error();
            return new Kept(
                    storage.name(),
                    cost.bytes(),
                    error.bitsPerWeight(),
                    error.relativeRms(),
                    cost.likeness(),
                    cost.matrices().stream()
                            .map(m -> MatrixError.of(m.name(), m.format(), m.error()))
                            .toList());
        }
    }

    record Tokenizer(String kind, int vocabSize) {}

    record Ends(@Nullable Integer bos, List<Integer> eos) {}

    @Override
    public Integer call() throws IOException {
        if (storage.filter(Storage.exact()::contains).isPresent()) {
            throw new IllegalArgumentException("--storage "
                    + storage.get().name().toLowerCase(Locale.ROOT) + " keeps every number: name int8 or nf4");
        }
        ModelSource source = ModelSource.of(model);
        ModelSpec spec = source.spec();
        try (CanonicalWeights weights = CanonicalWeights.open(source)) {
            Report report = report(source, spec, weights);
            output.result(report, text(report));
        }
        return 0;
    }

    private Report report(ModelSource source, ModelSpec spec, CanonicalWeights weights) throws IOException {
        List<Row> rows =
                weights.names().stream().map(name -> row(name, weights)).toList();
        Map<String, Long> dtypes = new TreeMap<>();
        rows.forEach(row -> dtypes.merge(row.dtype(), row.numbers(), Long::sum));
        TextEnds ends = source.ends();
        return new Report(
                model.toString(),
                source.format(),
                spec.architecture(),
                spec.vocabSize(),
                spec.contextLength(),
                spec.width(),
                spec.layers(),
                spec.config(),
                rows.stream().mapToLong(Row::numbers).sum(),
                rows.stream().mapToLong(Row::bytes).sum(),
                dtypes,
                rows,
                weights.mentions(),
                source.tokenizer()
                        .map(t -> new Tokenizer(TokenizerDescription.kind(t.pipeline()), t.vocabSize()))
                        .orElse(null),
                new Ends(ends.bos().isPresent() ? ends.bos().getAsInt() : null, ends.eos()),
                source.chatTemplate().orElse(null),
                source.licence().orElse(null),
                storage.isPresent() ? Kept.of(source, storage.get()) : null);
    }

    /// A matrix in blocks is described without being decoded.
    private static Row row(String name, WeightSource weights) {
        return weights.blocks(name)
                .map(matrix -> new Row(name, List.of(matrix.rows(), matrix.columns()), matrix.format(), matrix.bytes()))
                .orElseGet(() -> {
                    StoredTensor stored = weights.find(name).orElseThrow();
                    return new Row(
                            name,
                            Arrays.stream(stored.shape().sizes()).boxed().toList(),
                            stored.dtype().name(),
                            stored.bytes().byteSize());
                });
    }

    private static String text(Report r) {
        var text = new StringBuilder("%s: %s, %s%n".formatted(r.model(), r.architecture(), r.format()));
        text.append("%,d parameters, %s (%s)%n".formatted(r.parameters(), bytes(r.bytes()), shares(r)));
        text.append("vocabulary %,d · context %,d · width %,d · layers %,d%n%n"
                .formatted(r.vocabSize(), r.contextLength(), r.width(), r.layers()));
        table(r.tensors(), text);
        text.append(System.lineSeparator());
        text.append("tokenizer: %s%n"
                .formatted(
                        r.tokenizer() == null
                                ? "none"
                                : r.tokenizer().kind()
                                        + ", %,d ids".formatted(r.tokenizer().vocabSize())));
        text.append("bos: %s, eos: %s%n"
                .formatted(
                        r.ends().bos() == null ? "none" : r.ends().bos(),
                        r.ends().eos()));
        text.append("chat template: %s%n".formatted(r.chatTemplate() == null ? "none" : shortened(r.chatTemplate())));
        text.append("licence: %s".formatted(r.licence() == null ? "not stated" : r.licence()));
        r.mentions().forEach(mention -> text.append("%nnote: %s".formatted(mention)));
        if (r.kept() != null) {
            text.append(text(r.kept()));
        }
        return text.toString();
    }

    /// Of matrices alike in all layers, the worst.
    private static String text(Kept kept) {
        var text = new StringBuilder(
                "%n%nkept as %s: %s, %.2f bits a number in matrices, which move by %.2g of their size%n"
                        .formatted(kept.storage(), bytes(kept.bytes()), kept.bitsPerWeight(), kept.relative()));
        text.append(ConvertCommand.text(kept.likeness()));
        Map<String, Double> worst = new LinkedHashMap<>();
        kept.matrices().forEach(m -> worst.merge(everyLayer(m.tensor()), m.relative(), Math::max));
        int width = worst.keySet().stream().mapToInt(String::length).max().orElse(0);
        worst.forEach((name, error) -> text.append(("%n%-" + width + "s  %.4f").formatted(name, error)));
        return text.toString();
    }

    private static String everyLayer(String name) {
        return name.replaceAll("(?<=\\.)\\d+(?=\\.)", "*");
    }

    /// Equal parameters of the layers share a line.
    private static void table(List<Row> rows, StringBuilder text) {
        Map<String, List<Row>> alike = new LinkedHashMap<>();
        for (Row row : rows) {
            alike.computeIfAbsent(
                            everyLayer(row.name()) + ' ' + row.shape() + ' ' + row.dtype(), _ -> new ArrayList<>())
                    .add(row);
        }
        int width =
                alike.keySet().stream().mapToInt(key -> key.indexOf(' ')).max().orElse(0);
        alike.forEach((key, group) -> text.append(("%-" + width + "s  %-18s %-6s %10s%s%n")
                .formatted(
                        key.substring(0, key.indexOf(' ')),
                        group.getFirst().shape(),
                        group.getFirst().dtype(),
                        bytes(group.stream().mapToLong(Row::bytes).sum()),
                        group.size() > 1 ? "  ×" + group.size() : "")));
    }

    private static String shares(Report r) {
        return r.dtypes().entrySet().stream()
                .map(e -> "%s %.0f %%".formatted(e.getKey(), 100.0 * e.getValue() / r.parameters()))
                .collect(Collectors.joining(", "));
    }

    private static String shortened(String template) {
        String line = template.replaceAll("\\s+", " ");
        return line.length() <= TEMPLATE_SHOWN
                ? line
                : line.substring(0, TEMPLATE_SHOWN) + "… (%,d characters)".formatted(template.length());
    }

    static String bytes(long count) {
        return count < 10_000
                ? count + " B"
                : count < 10_000_000
                        ? "%.1f kB".formatted(count / 1e3)
                        : count < 10_000_000_000L ? "%.1f MB".formatted(count / 1e6) : "%.2f GB".formatted(count / 1e9);
    }
}
