package dev.cortado.model.llama2c;

import dev.cortado.model.arch.LlamaSpec;
import dev.cortado.model.llama2c.Llama2cLayout.Part;
import dev.cortado.model.weights.StoredTensor;
import dev.cortado.model.weights.WeightSource;
import dev.cortado.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;

/// An open checkpoint of llama2.c (<https://github.com/karpathy/llama2.c>, `export.py`): versions 0 and 1, float32,
/// and version 2, matrices as int8 in groups with a float32 scale each (scales behind each matrix, as `runq.c` reads
/// them). Names, shapes and the order of rows are those of a Llama in the Hugging Face layout, all numbers float32.
///
/// Most tensors are views of the mapped file. What is quantised, and the rows of the query and key projections, which
/// the file has in the order of Meta's rotary embedding, are copied when they are asked for, and stay in memory until
/// the source is closed.
public final class Llama2c implements WeightSource {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final MemorySegment content;
    private final LlamaSpec spec;
    private final SequencedMap<String, Part> parts;
    private final Map<String, MemorySegment> copies = new ConcurrentHashMap<>();

    private Llama2c(Path file, Arena arena, MemorySegment content, LlamaSpec spec, SequencedMap<String, Part> parts) {
        this.file = file;
        this.arena = arena;
        this.content = content;
        this.spec = spec;
        this.parts = parts;
    }

    /// Opens and checks a file.
    ///
    /// @throws IllegalArgumentException when its header is not that of a Llama, or asks for another size of the
    /// file
    /// @throws java.nio.file.NoSuchFileException when there is none
    // The arena is closed by the source that is returned, or here.
    @SuppressWarnings("MustBeClosedChecker")
    public static Llama2c open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is not a regular file");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return of(file, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    private static Llama2c of(Path file, Arena arena, MemorySegment content) {
        Llama2cHeader header = Llama2cHeader.read(file, content);
        try {
            var layout = new Llama2cLayout(header);
            if (layout.fileBytes() != content.byteSize()) {
                throw new IllegalArgumentException("has " + content.byteSize() + " bytes, but its header asks for "
                        + layout.fileBytes() + ": truncated, or not a llama2.c checkpoint");
            }
            return new Llama2c(file, arena, content, header.spec(), layout.parts());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /// The numbers of the model. The file does not hold the norm's epsilon and the base of the rotary
    /// frequencies: they are those of llama2.c, 1e-5 and 10000.
    public LlamaSpec spec() {
        return spec;
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(parts.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(parts.get(name))
                .map(part -> new StoredTensor(name, DType.F32, part.shape(), bytes(name, part)));
    }

    private MemorySegment bytes(String name, Part part) {
        if (part.turned().isEmpty() && part.groups().isEmpty()) {
            return content.asSlice(part.offset(), part.shape().count() * Float.BYTES);
        }
        return copies.computeIfAbsent(name, _ -> {
            long columns = part.shape().size(1);
            MemorySegment copy = arena.allocate(part.shape().count() * Float.BYTES, Float.BYTES);
            for (long row = 0; row < part.shape().size(0); row++) {
                copyRow(part, source(part, row) * columns, copy, row * columns, columns);
            }
            return copy;
        });
    }

    /// The row of the file for a row of the Hugging Face layout. Rotary embeddings turn channels in pairs;
    /// within a head, Meta's are neighbours (0, 1), (2, 3), …, Hugging Face's half a head apart (0, C/2), (1,
    /// C/2 + 1), ….
    private static long source(Part part, long row) {
        if (part.turned().isEmpty()) {
            return row;
        }
        long channels = part.shape().size(0) / part.turned().getAsInt();
        long channel = row % channels;
        long half = channels / 2;
        return row - channel + (channel < half ? 2 * channel : 2 * (channel - half) + 1);
    }

    /// @param from the first element in the tensor of the file
    /// @param to   the first element in the copy
    private void copyRow(Part part, long from, MemorySegment copy, long to, long count) {
        if (part.groups().isEmpty()) {
            long start = part.offset() + from * Float.BYTES;
            MemorySegment.copy(content, start, copy, to * Float.BYTES, count * Float.BYTES);
            return;
        }
        int groupSize = part.groups().getAsInt();
        long scales = part.offset() + part.shape().count();
        for (long i = 0; i < count; i++) {
            float scale = content.get(F32, scales + (from + i) / groupSize * Float.BYTES);
            copy.set(F32, (to + i) * Float.BYTES, content.get(ValueLayout.JAVA_BYTE, part.offset() + from + i) * scale);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
