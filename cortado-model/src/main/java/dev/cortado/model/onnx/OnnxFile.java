package dev.cortado.model.onnx;

import dev.cortado.model.weights.MappedPages;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// An open `.onnx` file as a source of weights: proven when opened, mapped into memory together with the files of
/// external data beside it.
///
/// The names are those of the modules the graph was exported from, and weights of linear layers are [out, in],
/// also where the exporter transposed them and left them anonymous: the graph tells which they are. Such a weight
/// is laid out anew when it is first asked for, in memory that is freed with the source.
///
/// [#initializers] has all constant tensors of the graph just as they are stored, and [#nodes] the graph itself.
public final class OnnxFile implements WeightSource {
    /// Operators whose weights are integers with scales beside them.
    private static final Set<String> QUANTISED = Set.of(
            "DequantizeLinear",
            "DynamicQuantizeMatMul",
            "GatherBlockQuantized",
            "MatMulBnb4",
            "MatMulInteger",
            "MatMulIntegerToFloat",
            "MatMulNBits",
            "QAttention",
            "QGemm",
            "QLinearMatMul");

    private final Path file;
    private final Arena arena;
    private final List<MemorySegment> mapped;
    private final ModelReader.Content content;
    private final SequencedMap<String, WeightNames.Found> weights;
    private final Map<String, StoredTensor> turned = new ConcurrentHashMap<>();

    private OnnxFile(Path file, Arena arena, List<MemorySegment> mapped, ModelReader.Content content) {
        this.file = file;
        this.arena = arena;
        this.mapped = mapped;
        this.content = content;
        this.weights = WeightNames.resolve(file, content);
    }

    /// Opens and checks a file.
    ///
    /// @throws IllegalArgumentException when it is not a well-formed ONNX model, or its weights are quantised
    /// @throws java.nio.file.NoSuchFileException when it is not there, or a file of external data is not
    // The arena is closed by the source that is returned, or here.
    @SuppressWarnings("MustBeClosedChecker")
    public static OnnxFile open(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return of(file, ExternalData.map(file, arena), arena);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /// The content of a file, already in memory; the result owns the arena.
    static OnnxFile of(Path file, MemorySegment bytes, Arena arena) throws IOException {
        var beside = new ExternalData(file, arena);
        var tensors = new InitializerReader(beside, arena);
        ModelReader.Content content = new ModelReader(tensors).read(new ProtobufMessage(file, bytes));
        requireFloats(file, content.nodes());
        List<MemorySegment> mapped = Stream.concat(Stream.of(bytes), beside.mapped().stream())
                .filter(MemorySegment::isMapped)
                .toList();
        return new OnnxFile(file, arena, mapped, content);
    }

    private static void requireFloats(Path file, List<OnnxNode> nodes) {
        Optional<OnnxNode> quantised = nodes.stream()
                .filter(node -> QUANTISED.contains(node.operator()))
                .findFirst();
        if (quantised.isPresent()) {
            throw new IllegalArgumentException(file + ": its weights are quantised (node " + quantised.get()
                    + "), which is not supported: take the model's float file");
        }
    }

    @Override
    public Path path() {
        return file;
    }

    /// The learned tensors of the graph; its constants (integers, single numbers) are not among them.
    @Override
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(weights.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        WeightNames.Found found = weights.get(name);
        if (found == null) {
            return Optional.empty();
        }
        if (found.transposed()) {
            return Optional.of(turned.computeIfAbsent(name, _ -> Transposition.of(found.stored(), name, arena)));
        }
        StoredTensor stored = found.stored();
        return Optional.of(new StoredTensor(name, stored.dtype(), stored.shape(), stored.bytes()));
    }

    /// All initializers of the graph by the names they have in it, as they are stored.
    public SequencedMap<String, StoredTensor> initializers() {
        return Collections.unmodifiableSequencedMap(content.initializers());
    }

    /// The graph's operations, each after those whose results it uses.
    public List<OnnxNode> nodes() {
        return Collections.unmodifiableList(content.nodes());
    }

    /// Names of the values the graph is given; old files list initializers among them.
    public SequencedSet<String> inputs() {
        return Collections.unmodifiableSequencedSet(content.inputs());
    }

    /// Names of the values the graph yields.
    public SequencedSet<String> outputs() {
        return Collections.unmodifiableSequencedSet(content.outputs());
    }

    /// What an input takes, or an output yields; empty where the file does not say, or it is no tensor of a
    /// [DType].
    public Optional<OnnxPort> port(String name) {
        return Optional.ofNullable(content.ports().get(name));
    }

    /// The program that wrote the file, with its version; empty when it does not say.
    public String producer() {
        return content.producer();
    }

    /// Version of each set of operators, by domain; ONNX's own domain is the empty name.
    public SequencedMap<String, Long> opsets() {
        return Collections.unmodifiableSequencedMap(content.opsets());
    }

    @Override
    public void release() {
        mapped.forEach(MappedPages::release);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
