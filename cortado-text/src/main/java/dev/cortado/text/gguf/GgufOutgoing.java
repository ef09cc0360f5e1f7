package dev.cortado.text.gguf;

import dev.cortado.text.file.Content;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A tensor on its way into a GGUF file. Its bytes are asked for when their turn comes, so a whole model need not be
/// in main memory, or in the file's type, at once.
///
/// @param shape as the file has it: **the first extent varies fastest** (the reverse of PyTorch's order)
public record GgufOutgoing(String name, List<Long> shape, GgmlType type, Content content) {
    private static final int LONGEST_NAME = 63; // bytes; GGML_MAX_NAME is 64 with the closing NUL

    /// @throws IllegalArgumentException when ggml could not read such a tensor: a name of no or more than 63
    /// bytes, more than four extents or one below 1, rows that are not whole blocks of the type
    public GgufOutgoing {
        shape = List.copyOf(shape);
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        String what = "a tensor named " + GgufCursor.quoted(name);
        if (length == 0 || length > LONGEST_NAME || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " cannot be written: a name has 1 to " + LONGEST_NAME
                    + " bytes, none of them 0, and this one has " + length);
        }
        if (shape.size() > Gguf.MAX_DIMENSIONS || shape.stream().anyMatch(extent -> extent < 1)) {
            throw new IllegalArgumentException(what + " cannot be written with shape " + shape + ": there are at most "
                    + Gguf.MAX_DIMENSIONS + " extents, from 1 on");
        }
        try {
            type.bytes(shape);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + " cannot be written with " + e.getMessage(), e);
        }
    }

    /// A tensor whose bytes are at hand.
    public static GgufOutgoing of(String name, List<Long> shape, GgmlType type, MemorySegment bytes) {
        return new GgufOutgoing(name, shape, type, sink -> sink.write(bytes));
    }

    /// Bytes the tensor takes, before padding.
    public long bytes() {
        return type.bytes(shape);
    }
}
