package dev.cortado.model.gguf;

import dev.cortado.model.ModelSpec;
import dev.cortado.model.config.TextEnds;
import dev.cortado.model.quant.QuantError;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.text.gguf.GgmlType;
import dev.cortado.text.gguf.GgufOutgoing;
import dev.cortado.text.gguf.GgufValue;
import dev.cortado.text.gguf.GgufWriter;
import dev.cortado.text.tokenizer.format.GgufEnds;
import dev.cortado.text.tokenizer.format.GgufTokenizerWriter;
import dev.cortado.text.tokenizer.format.GgufVocabulary;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;

/// Writes models as GGUF files that llama.cpp reads: its keys, its names, its order of elements.
///
/// Matrices are encoded some rows at a time on all cores while they are written, so it takes a few megabytes
/// whatever the size of the model. A matrix of the source that has the wanted format already is copied as it is.
/// Vectors, norms, position tables and the routers of experts are always F32, as in llama.cpp; rows that cannot be
/// cut into blocks are Q5_0 where Q4_K was wanted, else F16.
public final class GgufModelWriter {
    static final Path UNWRITTEN = Path.of("the file to be written");

    private GgufModelWriter() {}

    /// What goes into a file besides the weights.
    ///
    /// @param type         of the matrices: F32, F16, BF16, Q8_0, Q4_0 or Q4_K
    /// @param tokenizer    without, llama.cpp reads the file but knows no text
    /// @param ends         ids that begin and end texts
    /// @param chatTemplate of conversations, Jinja
    /// @param name         of the model, for people
    public record Options(
            GgmlType type,
            Optional<PipelineTokenizer> tokenizer,
            TextEnds ends,
            Optional<String> chatTemplate,
            Optional<String> name) {
        public Options {
            fileType(type);
        }

        /// The weights alone.
        public static Options of(GgmlType type) {
            return new Options(
                    type,
                    Optional.empty(),
                    new TextEnds(OptionalInt.empty(), List.of()),
                    Optional.empty(),
                    Optional.empty());
        }

        /// With a vocabulary.
        public Options with(PipelineTokenizer other, TextEnds otherEnds) {
            return new Options(type, Optional.of(other), otherEnds, chatTemplate, name);
        }
    }

    /// What was written.
    ///
    /// @param bytes       of all tensors
    /// @param tensors     in the order of the file
    /// @param differences what the file cannot say, a clause each: texts its readers encode otherwise, tensors
    /// that were left out
    public record Written(long bytes, List<WrittenTensor> tensors, List<String> differences) {
        public Written {
            tensors = List.copyOf(tensors);
            differences = List.copyOf(differences);
        }

        /// What rounding to the wanted format lost, all tensors together.
        public QuantError error() {
            return tensors.stream()
                    .flatMap(tensor -> tensor.error().stream())
                    .reduce(QuantError.NOTHING, QuantError::plus);
        }
    }

    /// One tensor of the file.
    ///
    /// @param name   GGUF's
    /// @param shape  the last extent fastest
    /// @param wanted the type it would have, did its rows fit
    /// @param error  what its type lost; empty where nothing was rounded: it is F32, or was copied
    public record WrittenTensor(
            String name, GgmlType type, GgmlType wanted, List<Long> shape, long bytes, Optional<QuantError> error) {
        public WrittenTensor {
            shape = List.copyOf(shape);
        }
    }

    /// Writes a file, replacing one that is there once the new one is complete.
    ///
    /// @param weights under Hugging Face's names, in any format
    /// @throws IllegalArgumentException when GGUF has no words for this model, tensors are missing or none of it,
    /// or a number is too large for the format
    public static Written write(
            Path file, ModelSpec spec, WeightSource weights, Options options, GgufWriter.Progress progress)
            throws IOException {
        Family family = Families.of(spec)
                .orElseThrow(() -> new IllegalArgumentException("a " + spec.architecture()
                        + " cannot be written as GGUF; known are " + String.join(", ", Families.known())));
        var plan = WritePlan.of(family, spec, weights, options.type());
        Draft draft = family.draft(spec, plan.shapes());
        List<String> differences = new ArrayList<>(plan.leftOut());
        SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put(Facts.ARCHITECTURE, new GgufValue.Text(family.stored()));
        options.name().ifPresent(name -> metadata.put("general.name", new GgufValue.Text(name)));
        metadata.put("general.file_type", GgufValue.uint32(fileType(options.type())));
        metadata.put("general.quantization_version", GgufValue.uint32(2));
        metadata.putAll(draft.metadata());
        metadata.put(family.stored() + ".vocab_size", GgufValue.uint32(spec.vocabSize()));
        vocabulary(spec, options, metadata, differences);
        List<WrittenTensor> written = new ArrayList<>();
        try (var encoder = new RowEncoder()) {
            List<GgufOutgoing> tensors = new ArrayList<>();
            draft.tensors().forEach((name, numbers) -> {
                tensors.add(GgufOutgoing.of(name, List.of((long) numbers.length), GgmlType.F32, bytes(numbers)));
                written.add(new WrittenTensor(
                        name,
                        GgmlType.F32,
                        GgmlType.F32,
                        List.of((long) numbers.length),
                        4L * numbers.length,
                        Optional.empty()));
            });
            for (WritePlan.Planned tensor : plan.tensors()) {
                tensors.add(new GgufOutgoing(tensor.name(), tensor.shape().reversed(), tensor.type(), sink -> {
                    Optional<QuantError> error = encoder.write(weights, tensor, sink);
                    weights.release();
                    written.add(new WrittenTensor(
                            tensor.name(),
                            tensor.type(),
                            tensor.wanted(),
                            tensor.shape(),
                            tensor.type().bytes(tensor.shape().reversed()),
                            error));
                }));
            }
            GgufWriter.write(file, metadata, tensors, progress);
        }
        return new Written(written.stream().mapToLong(WrittenTensor::bytes).sum(), written, differences);
    }

    /// The same, told to nobody.
    public static Written write(Path file, ModelSpec spec, WeightSource weights, Options options) throws IOException {
        return write(file, spec, weights, options, GgufWriter.Progress.SILENT);
    }

    private static void vocabulary(
            ModelSpec spec, Options options, Map<String, GgufValue> metadata, List<String> differences) {
        TextEnds ends = options.ends();
        OptionalInt eos = ends.eos().stream().mapToInt(Integer::intValue).findFirst();
        if (options.tokenizer().isPresent()) {
            PipelineTokenizer tokenizer = options.tokenizer().get();
            var roles = new GgufEnds(ends.bos(), eos, tokenizer.specials().pad());
            GgufVocabulary vocabulary =
                    GgufTokenizerWriter.vocabulary(tokenizer, roles, spec.vocabSize(), options.chatTemplate());
            metadata.putAll(vocabulary.metadata());
            differences.addAll(vocabulary.differences());
        } else {
            metadata.put("tokenizer.ggml.model", new GgufValue.Text("no_vocab"));
            ends.bos().ifPresent(id -> metadata.put("tokenizer.ggml.bos_token_id", GgufValue.uint32(id)));
            eos.ifPresent(id -> metadata.put("tokenizer.ggml.eos_token_id", GgufValue.uint32(id)));
            options.chatTemplate()
                    .ifPresent(template -> metadata.put("tokenizer.chat_template", new GgufValue.Text(template)));
        }
        if (ends.eos().size() > 1) {
            metadata.put(
                    "tokenizer.ggml.eot_token_id", GgufValue.uint32(ends.eos().get(1)));
        }
    }

    /// llama.cpp's number for a file that is mostly of this type (`llama_ftype`).
    private static int fileType(GgmlType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q8_0 -> 7;
            case Q4_K -> 14;
            case BF16 -> 32;
            default ->
                throw new IllegalArgumentException(
                        "models are not written as " + type + " but as F32, F16, BF16, Q8_0, Q4_0 or Q4_K");
        };
    }

    private static MemorySegment bytes(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return MemorySegment.ofArray(bytes.array());
    }
}
