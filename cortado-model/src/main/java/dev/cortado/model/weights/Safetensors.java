package dev.cortado.model.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// An open `.safetensors` file: proven when opened, mapped into memory, read only where it is touched.
///
/// Opening reads the header alone, so a file of any size opens at once and takes no heap beyond its header. The
/// file must not be shortened while it is open: the operating system then fails the access (replacing it by a
/// rename is harmless).
///
/// @see SafetensorsHeader
public final class Safetensors implements WeightSource {
    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final SequencedMap<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final SequencedMap<String, String> metadata;

    private Safetensors(Path file, SafetensorsHeader header, Arena arena, MemorySegment data) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.metadata = Collections.unmodifiableSequencedMap(header.metadata());
        header.tensors().forEach((name, range) -> {
            MemorySegment bytes = data.asSlice(range.begin(), range.end() - range.begin());
            tensors.put(name, new StoredTensor(name, range.dtype(), range.shape(), bytes));
        });
    }

    /// Opens and checks a file.
    ///
    /// @throws IllegalArgumentException when it is not a well-formed safetensors file
    /// @throws java.nio.file.NoSuchFileException when there is none
    public static Safetensors open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is not a regular file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < SafetensorsHeader.LENGTH_BYTES) {
                throw new IllegalArgumentException(file + ": " + size + " bytes are too few for a safetensors file");
            }
            long headerBytes =
                    read(file, channel, SafetensorsHeader.LENGTH_BYTES).getLong();
            if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
                throw new IllegalArgumentException(file + ": claims a header of " + Long.toUnsignedString(headerBytes)
                        + " bytes, over the format's limit of " + SafetensorsHeader.MAX_BYTES
                        + ": not a safetensors file");
            }
            long dataBytes = size - SafetensorsHeader.LENGTH_BYTES - headerBytes;
            if (dataBytes < 0) {
                throw new IllegalArgumentException(file + ": claims a header of " + headerBytes
                        + " bytes, but the file has " + size + ": it is truncated, fetch it again");
            }
            byte[] json = read(file, channel, (int) headerBytes).array();
            SafetensorsHeader header = SafetensorsHeader.parse(file, json, dataBytes);
            return map(file, channel, header, dataBytes);
        }
    }

    // The arena is closed by the source that is returned; should mapping fail, it owns nothing.
    @SuppressWarnings("MustBeClosedChecker")
    private static Safetensors map(Path file, FileChannel channel, SafetensorsHeader header, long dataBytes)
            throws IOException {
        Arena arena = Arena.ofShared();
        MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, channel.position(), dataBytes, arena);
        return new Safetensors(file, header, arena, data);
    }

    private static ByteBuffer read(Path file, FileChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IllegalArgumentException(file + ": shortened while it was read");
            }
        }
        return buffer.flip();
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(tensors.sequencedKeySet());
    }

    @Override
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /// The file's own notes, `{"format": "pt"}` in most; empty when it has none.
    public SequencedMap<String, String> metadata() {
        return metadata;
    }

    @Override
    public void release() {
        MappedPages.release(data);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
