package dev.cortado.text.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;

/// A GGUF file mapped into memory: versions 1 to 3, either byte order. Its head is read and checked (every tensor
/// lies inside the file, no two have one name or share bytes), the tensors' bytes are not touched. Immutable; alive
/// as long as the arena it was opened in.
public final class Gguf {
    static final int MAGIC = 0x46554747; // "GGUF", little-endian
    static final String ALIGNMENT = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;
    static final int MAX_DIMENSIONS = 4; // GGML_MAX_DIMS

    private final Path file;
    private final int version;
    private final ByteOrder order;
    private final SequencedMap<String, GgufValue> metadata;
    private final List<GgufTensor> tensors;
    private final MemorySegment data;

    private Gguf(Path file, MemorySegment bytes) {
        this.file = file;
        var head = new GgufCursor(file, bytes);
        if (bytes.byteSize() < 8 || head.int32() != MAGIC) {
            throw head.wrong("does not begin with 'GGUF'");
        }
        // Nothing says the byte order but the version, which is a small number in the right one.
        version = head.version();
        order = head.order();
        long tensorCount = head.count(1, "tensors");
        long pairCount = head.count(1, "metadata");
        metadata = Collections.unmodifiableSequencedMap(readMetadata(head, pairCount));
        tensors = Collections.unmodifiableList(readTensors(head, tensorCount));
        long alignment = alignment(head);
        long start = (head.position() + alignment - 1) & -alignment;
        data = start <= bytes.byteSize() ? bytes.asSlice(start) : MemorySegment.NULL;
        requireInside(alignment);
        requireApart();
    }

    /// Maps a file and reads its head.
    ///
    /// @param arena closing it unmaps the file
    /// @throws IllegalArgumentException             when it is not such a file; the message says what is wrong
    /// where
    /// @throws java.nio.file.NoSuchFileException when it is not there
    public static Gguf open(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Gguf(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        }
    }

    private static SequencedMap<String, GgufValue> readMetadata(GgufCursor head, long count) {
        var metadata = new LinkedHashMap<String, GgufValue>();
        for (long i = 0; i < count; i++) {
            String key = head.text();
            if (metadata.putIfAbsent(key, head.value()) != null) {
                throw head.wrong("has metadata " + GgufCursor.quoted(key) + " twice");
            }
        }
        return metadata;
    }

    private static List<GgufTensor> readTensors(GgufCursor head, long count) {
        var byName = new LinkedHashMap<String, GgufTensor>();
        for (long i = 0; i < count; i++) {
            String name = head.text();
            int dimensions = head.int32();
            if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
                throw head.wrong("says tensor " + GgufCursor.quoted(name) + " has "
                        + Integer.toUnsignedString(dimensions) + " dimensions");
            }
            var shape = new ArrayList<Long>();
            for (int d = 0; d < dimensions; d++) {
                shape.add(head.extent());
            }
            int code = head.int32();
            GgmlType type = GgmlType.of(code)
                    .orElseThrow(() -> head.wrong(
                            "stores tensor " + GgufCursor.quoted(name) + " as type " + code + ", unknown here"));
            long offset = head.int64();
            var tensor = new GgufTensor(name, shape, type, offset, bytes(head, name, shape, type));
            if (byName.put(name, tensor) != null) {
                throw head.wrong("has tensor " + GgufCursor.quoted(name) + " twice");
            }
        }
        return new ArrayList<>(byName.values());
    }

    private static long bytes(GgufCursor head, String name, List<Long> shape, GgmlType type) {
        try {
            return type.bytes(shape);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    head.wrong("has tensor " + GgufCursor.quoted(name) + " with " + e.getMessage())
                            .getMessage(),
                    e);
        }
    }

    /// What the data and every tensor in them begin at a multiple of.
    private long alignment(GgufCursor head) {
        long alignment = whole(ALIGNMENT).orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > 1 << 30 || Long.bitCount(alignment) != 1) {
            throw head.wrong("has " + ALIGNMENT + " " + alignment + ", not a power of two");
        }
        return alignment;
    }

    private void requireInside(long alignment) {
        for (GgufTensor tensor : tensors) {
            if (tensor.offset() < 0 || tensor.offset() > data.byteSize() - tensor.bytes()) {
                throw new IllegalArgumentException(file + " is cut off or damaged: tensor "
                        + GgufCursor.quoted(tensor.name()) + " is said to take " + tensor.bytes() + " bytes from "
                        + tensor.offset() + " on, but there are " + data.byteSize() + " bytes of data");
            }
            if (tensor.offset() % alignment != 0) {
                throw new IllegalArgumentException(file + " is damaged: tensor " + GgufCursor.quoted(tensor.name())
                        + " begins at " + tensor.offset() + ", not a multiple of the alignment " + alignment);
            }
        }
    }

    /// No byte belongs to two tensors: a file that says so is a small one that claims to be a large one.
    private void requireApart() {
        GgufTensor before = null;
        List<GgufTensor> ordered = tensors.stream()
                .filter(tensor -> tensor.bytes() > 0)
                .sorted(Comparator.comparingLong(GgufTensor::offset))
                .toList();
        for (GgufTensor tensor : ordered) {
            if (before != null && tensor.offset() < before.offset() + before.bytes()) {
                throw new IllegalArgumentException(file + " is damaged: tensors " + GgufCursor.quoted(before.name())
                        + " and " + GgufCursor.quoted(tensor.name()) + " overlap at byte " + tensor.offset()
                        + " of the data");
            }
            before = tensor;
        }
    }

    /// The file that is mapped.
    public Path file() {
        return file;
    }

    /// The version of the format.
    public int version() {
        return version;
    }

    /// The order of the bytes within numbers, those of tensors included.
    public ByteOrder order() {
        return order;
    }

    /// All metadata, in the order of the file.
    public SequencedMap<String, GgufValue> metadata() {
        return metadata;
    }

    /// All tensors, in the order of the file. There may be none: a file with a vocabulary alone.
    public List<GgufTensor> tensors() {
        return tensors;
    }

    /// The bytes of a tensor.
    public MemorySegment data(GgufTensor tensor) {
        return data.asSlice(tensor.offset(), tensor.bytes());
    }

    /// A whole number of the metadata.
    ///
    /// @throws IllegalArgumentException when the value is of another type; so for the other types
    public OptionalLong whole(String key) {
        return typed(key, GgufValue.Whole.class)
                .map(value -> OptionalLong.of(value.value()))
                .orElse(OptionalLong.empty());
    }

    /// A floating-point number of the metadata.
    public OptionalDouble real(String key) {
        return typed(key, GgufValue.Real.class)
                .map(value -> OptionalDouble.of(value.value()))
                .orElse(OptionalDouble.empty());
    }

    /// A truth value of the metadata.
    public Optional<Boolean> bool(String key) {
        return typed(key, GgufValue.Bool.class).map(GgufValue.Bool::value);
    }

    /// A string of the metadata.
    public Optional<String> text(String key) {
        return typed(key, GgufValue.Text.class).map(GgufValue.Text::value);
    }

    /// An array of strings of the metadata.
    public Optional<List<String>> texts(String key) {
        return typed(key, GgufValue.Texts.class).map(GgufValue.Texts::values);
    }

    /// An array of numbers of the metadata.
    public Optional<GgufValue.Numbers> numbers(String key) {
        return typed(key, GgufValue.Numbers.class);
    }

    private <T extends GgufValue> Optional<T> typed(String key, Class<T> type) {
        GgufValue value = metadata.get(key);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException(file + ": metadata '" + key + "' is "
                    + value.getClass().getSimpleName() + ", not " + type.getSimpleName());
        }
        return Optional.ofNullable(value).map(type::cast);
    }
}
