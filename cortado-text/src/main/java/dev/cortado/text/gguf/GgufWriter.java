package dev.cortado.text.gguf;

import dev.cortado.text.file.PendingFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// Writes GGUF files of version 3, little-endian: streaming, and all or nothing. The head is made in memory, the
/// tensors follow one after the other in the given order, each at a multiple of the alignment (32 unless
/// `general.alignment` says otherwise) and padded to it with zeros, as ggml demands.
///
/// @see Gguf
public final class GgufWriter {
    private static final int VERSION = 3;
    private static final int LONGEST_KEY = (1 << 16) - 1; // bytes, says the format
    private static final int MAX_ALIGNMENT = 1 << 16;

    private GgufWriter() {}

    /// Is told after each tensor how far the writing is.
    @FunctionalInterface
    public interface Progress {
        /// Nobody.
        Progress SILENT = (_, _, _) -> {};

        /// @param written bytes of tensors so far, that one's included
        /// @param total   bytes of all tensors
        void wrote(GgufOutgoing tensor, long written, long total);
    }

    /// Writes a file, replacing one that is there. Whatever is thrown, an older file of the name is untouched and
    /// nothing else is left behind.
    ///
    /// @throws IllegalArgumentException for two tensors of one name, content not as long as its shape says, keys
    /// the format does not have, an alignment that is no power of two
    /// @throws IOException naming the file and the tensor, when the disk is full or a content fails
    public static void write(Path file, SequencedMap<String, GgufValue> metadata, List<GgufOutgoing> tensors)
            throws IOException {
        write(file, metadata, tensors, Progress.SILENT);
    }

    /// The same, telling how far it is.
    public static void write(
            Path file, SequencedMap<String, GgufValue> metadata, List<GgufOutgoing> tensors, Progress progress)
            throws IOException {
        requireKeys(file, metadata.keySet());
        requireNames(file, tensors);
        int alignment = alignment(file, metadata);
        MemorySegment head = head(file, metadata, tensors, alignment);
        long total = tensors.stream().mapToLong(GgufOutgoing::bytes).sum();
        try (PendingFile pending = PendingFile.beside(file)) {
            pending.write(head);
            long written = 0;
            for (GgufOutgoing tensor : tensors) {
                pending.write("tensor " + GgufCursor.quoted(tensor.name()), tensor.bytes(), tensor.content());
                pending.write(MemorySegment.ofArray(new byte[(int) (-tensor.bytes() & (alignment - 1))]));
                written += tensor.bytes();
                progress.wrote(tensor, written, total);
            }
            pending.seal();
            pending.publish();
        }
    }

    private static void requireKeys(Path file, Set<String> keys) {
        for (String key : keys) {
            int length = key.getBytes(StandardCharsets.UTF_8).length;
            if (length == 0 || length > LONGEST_KEY) {
                throw new IllegalArgumentException("cannot write " + file + ": the key " + GgufCursor.quoted(key)
                        + " has " + length + " bytes, not 1 to " + LONGEST_KEY);
            }
        }
    }

    private static void requireNames(Path file, Collection<GgufOutgoing> tensors) {
        Set<String> names = HashSet.newHashSet(tensors.size());
        for (GgufOutgoing tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException(
                        "cannot write " + file + ": two tensors named " + GgufCursor.quoted(tensor.name()));
            }
        }
    }

    private static int alignment(Path file, Map<String, GgufValue> metadata) {
        GgufValue value = metadata.getOrDefault(Gguf.ALIGNMENT, GgufValue.uint32(Gguf.DEFAULT_ALIGNMENT));
        if (value instanceof GgufValue.Whole(GgufScalar type, long alignment)
                && type == GgufScalar.UINT32
                && alignment <= MAX_ALIGNMENT
                && Long.bitCount(alignment) == 1) {
            return (int) alignment;
        }
        throw new IllegalArgumentException("cannot write " + file + ": " + Gguf.ALIGNMENT + " is " + value
                + ", not a power of two up to " + MAX_ALIGNMENT + " of type " + GgufScalar.UINT32);
    }

    private static MemorySegment head(
            Path file, Map<String, GgufValue> metadata, List<GgufOutgoing> tensors, int alignment) {
        var head = new GgufHead()
                .int32(Gguf.MAGIC)
                .int32(VERSION)
                .int64(tensors.size())
                .int64(metadata.size());
        metadata.forEach((key, value) -> head.text(key).value(value));
        long offset = 0;
        for (GgufOutgoing tensor : tensors) {
            head.text(tensor.name()).int32(tensor.shape().size());
            tensor.shape().forEach(head::int64);
            head.int32(tensor.type().code()).int64(offset);
            if (tensor.bytes() > Long.MAX_VALUE - alignment - offset) {
                throw new IllegalArgumentException("cannot write " + file + ": its tensors have more than 2^63 bytes");
            }
            offset = (offset + tensor.bytes() + alignment - 1) & -alignment;
        }
        return head.padded(alignment);
    }
}
