package dev.cortado.cli;

import dev.cortado.model.Model;
import dev.cortado.model.Storage;
import dev.cortado.model.convert.CanonicalWeights;
import dev.cortado.model.convert.GraphLikeness;
import dev.cortado.model.convert.Likeness;
import dev.cortado.model.convert.SafetensorsConversion;
import dev.cortado.model.gguf.GgufModelWriter;
import dev.cortado.model.onnx.OnnxExport;
import dev.cortado.model.onnx.OnnxWriter;
import dev.cortado.model.source.ModelSource;
import dev.cortado.tensor.DType;
import dev.cortado.tensor.Device;
import dev.cortado.text.gguf.GgmlType;
import dev.cortado.text.tokenizer.format.Tokenizers;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cortado convert`: a model from one format to another.
@Command(
        name = "convert",
        description = {
            "Write a model in another format, with its tokenizer and chat template. What was written is read again,",
            "and its logits are compared with the original's before success is reported. Memory is bounded by the",
            "largest tensor."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cortado convert runs/tour/model --to gguf --type q8_0 --out tour.gguf",
            "  cortado convert stories260K.bin --to safetensors --out stories",
            "  cortado convert runs/tour/model --to onnx --out tour/model.onnx",
            "  cortado convert model.gguf --to safetensors --type bf16 --out model-hf --json"
        })
final class ConvertCommand implements Callable<Integer> {
    /// Beyond this, formats that keep every number have not kept them.
    private static final double EXACT = 1e-3;

    private final Output output;

    @Parameters(paramLabel = "MODEL", description = "A model folder, a .gguf file or a llama2.c .bin file.")
    private Path model = Path.of("");

    @Option(names = "--to", required = true, paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES}.")
    private Format to = Format.SAFETENSORS;

    @Option(
            names = {"--type", "--quant"},
            paramLabel = "TYPE",
            description =
                    "What matrices are stored as. safetensors: f32, f16, bf16 (default: as most of the model is).")
    private Optional<String> type = Optional.empty();

    @Option(names = "--out", required = true, paramLabel = "PATH", description = "The folder or file to write.")
    private Path out = Path.of("");

    @Option(names = "--force", description = "Replace what is there.")
    private boolean force;

    ConvertCommand(Output output) {
        this.output = output;
    }

    /// What can be written.
    enum Format {
        SAFETENSORS,
        GGUF,
        ONNX
    }

    /// What `--json` prints.
    ///
    /// @param bytes   of everything written
    /// @param seconds for writing, without the comparison
    /// @param notes   what differs, what was left out
    record Report(
            String model,
            String from,
            String out,
            String to,
            String type,
            long bytes,
            double seconds,
            Likeness likeness,
            List<MatrixError> rounding,
            List<String> notes) {}

    @Override
    public Integer call() throws IOException {
        ModelSource source = ModelSource.of(model);
        for (Path there : to == Format.ONNX ? OnnxExport.files(out, source.spec()) : List.of(out)) {
            if (Files.exists(there) && !force) {
                throw new IllegalArgumentException(
                        there + " is already there; add --force to replace it, or name another place");
            }
        }
        List<String> notes = new ArrayList<>();
        List<MatrixError> errors = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        long begin = System.nanoTime();
        String written;
        try (CanonicalWeights weights = CanonicalWeights.open(source)) {
            notes.addAll(weights.mentions());
            written = write(source, weights, files, notes, errors);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Likeness likeness = compare(source, written, files);
        if (to == Format.ONNX) {
            List.copyOf(files).forEach(graph -> OnnxWriter.externalData(graph).ifPresent(files::add));
        }
        var report = new Report(
                model.toString(),
                source.format(),
                out.toString(),
                to.name().toLowerCase(Locale.ROOT),
                written,
                size(files),
                seconds,
                likeness,
                errors,
                notes);
        output.result(report, text(report));
        return 0;
    }

    private String write(
            ModelSource source,
            CanonicalWeights weights,
            List<Path> files,
            List<String> notes,
            List<MatrixError> errors)
            throws IOException {
        try (var progress = new TensorProgress(output, weights.names().size())) {
            return switch (to) {
                case SAFETENSORS -> {
                    DType dtype = SafetensorsConversion.write(
                            source.spec(),
                            weights,
                            source.ends(),
                            type.map(this::dtype),
                            out,
                            (_, _) -> progress.step());
                    Optional<PipelineTokenizer> tokenizer = source.tokenizer();
                    if (tokenizer.isPresent()) {
                        Tokenizers.write(
                                tokenizer.get(), OptionalLong.of(source.spec().contextLength()), out);
                    } else {
                        notes.add("the model has no tokenizer");
                    }
                    Optional<String> template = source.chatTemplate();
                    if (template.isPresent()) {
                        Files.writeString(out.resolve("chat_template.jinja"), template.get());
                    }
                    files.add(out);
                    yield dtype.name();
                }
                case GGUF -> {
                    GgmlType matrices = type.map(ConvertCommand::ggmlType).orElse(GgmlType.F16);
                    var options = new GgufModelWriter.Options(
                            matrices,
                            source.tokenizer(),
                            source.ends(),
                            source.chatTemplate(),
                            Optional.of(String.valueOf(model.toAbsolutePath().getFileName())));
                    GgufModelWriter.Written result =
                            GgufModelWriter.write(out, source.spec(), weights, options, (_, _, _) -> progress.step());
                    notes.addAll(result.differences());
                    rounded(result).ifPresent(notes::add);
                    result.tensors()
                            .forEach(t -> t.error()
                                    .map(e -> MatrixError.of(t.name(), t.type().name(), e))
                                    .ifPresent(errors::add));
                    files.add(out);
                    yield matrices.name();
                }
                case ONNX -> {
                    if (type.isPresent() && !type.get().equalsIgnoreCase("f32")) {
                        throw new IllegalArgumentException("--type " + type.get() + ": ONNX graphs are written in f32");
                    }
                    files.addAll(OnnxExport.write(out, source.spec(), weights));
                    yield "F32";
                }
            };
        }
    }

    /// The tensors whose rows do not fit the wanted blocks.
    private static Optional<String> rounded(GgufModelWriter.Written written) {
        long other = written.tensors().stream()
                .filter(tensor -> tensor.type() != tensor.wanted())
                .count();
        return other == 0
                ? Optional.empty()
                : Optional.of(other + " tensors have rows that do not fit the blocks of the type and have a wider one");
    }

    private static GgmlType ggmlType(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        return List.of(GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0, GgmlType.Q4_K).stream()
                .filter(known -> known.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--type " + name + " cannot be written as GGUF: use f32, f16, bf16, q8_0, q4_0 or q4_k"));
    }

    private DType dtype(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "f32" -> DType.F32;
            case "f16" -> DType.F16;
            case "bf16" -> DType.BF16;
            default ->
                throw new IllegalArgumentException(
                        "--type " + name + " cannot be written as safetensors: use f32, f16 or bf16");
        };
    }

    /// Runs what was written beside the original.
    ///
    /// @throws IllegalStateException when it is not the model; it is left for inspection
    private Likeness compare(ModelSource source, String type, List<Path> files) throws IOException {
        Likeness likeness;
        try (Model before = source.open(Device.CPU, Storage.MAPPED)) {
            likeness = to == Format.ONNX ? GraphLikeness.of(before, files) : compare(before);
        }
        double allowed = allowed(type);
        boolean same = type.equals("F32") ? likeness.maxAbs() <= EXACT : likeness.deviation() <= allowed;
        if (!same) {
            throw new IllegalStateException(
                    "%s was written, but is not the same model: logits differ by up to %.2g, deviation %.2g"
                            .formatted(out, likeness.maxAbs(), likeness.deviation()));
        }
        return likeness;
    }

    private Likeness compare(Model before) throws IOException {
        try (Model after = ModelSource.of(out).open(Device.CPU, Storage.MAPPED)) {
            return Likeness.of(before, after);
        }
    }

    /// How far logits of a type may lie from the original's, in parts of their size. Generous: rounding adds up
    /// over layers, and a damaged file is off by about 1.
    private static double allowed(String type) {
        return switch (type) {
            case "F32", "F16" -> 0.02;
            case "BF16", "Q8_0" -> 0.1;
            default -> 0.7;
        };
    }

    private static long size(List<Path> paths) throws IOException {
        long bytes = 0;
        for (Path path : paths) {
            try (var inside = Files.walk(path)) {
                for (Path file : inside.filter(Files::isRegularFile).toList()) {
                    bytes += Files.size(file);
                }
            }
        }
        return bytes;
    }

    private static String text(Report r) {
        var text = new StringBuilder("%s: %s in %s, %s, written in %.1f s%n"
                .formatted(r.out(), r.to(), r.type(), InspectCommand.bytes(r.bytes()), r.seconds()));
        text.append("read again: ").append(text(r.likeness()));
        r.rounding().stream()
                .max(Comparator.comparingDouble(MatrixError::relative))
                .ifPresent(worst -> text.append("%nrounding: %.2g of the size of the numbers at most (%s)"
                        .formatted(worst.relative(), worst.tensor())));
        r.notes().forEach(note -> text.append("%nnote: %s".formatted(note)));
        return text.toString();
    }

    static String text(Likeness like) {
        return "logits differ by at most %.2g (deviation %.2g), the same choice at %.0f %% of %d positions"
                .formatted(like.maxAbs(), like.deviation(), 100 * like.sameChoices(), like.positions());
    }
}
