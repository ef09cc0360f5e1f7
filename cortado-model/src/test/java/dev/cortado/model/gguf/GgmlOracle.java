package dev.cortado.model.gguf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cortado.testkit.llamacpp.LlamaCppLibrary;
import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/// ggml's own quantisers and their way back (`ggml-quants.c`, build 4916): what the bytes of a block are, and mean.
public final class GgmlOracle {
    private static final FunctionDescriptor QUANTIZE =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);

    private GgmlOracle() {}

    /// Rows in blocks of a type.
    ///
    /// @param columns the length of a row, a multiple of the type's block
    public static byte[] quantized(GgmlType type, float[] rows, int columns) {
        requireBlocks(type, rows.length, columns);
        LlamaCppLibrary library = LlamaCppLibrary.require();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment blocks = arena.allocate((long) rows.length / type.blockLength() * type.blockBytes(), 64);
            long written = (long) LlamaCppLibrary.call(
                    library.function("ggml_quantize_chunk", QUANTIZE),
                    type.code(),
                    arena.allocateFrom(JAVA_FLOAT, rows),
                    blocks,
                    0L,
                    (long) rows.length / columns,
                    (long) columns,
                    MemorySegment.NULL);
            if (written != blocks.byteSize()) {
                throw new AssertionError(written + " bytes of " + type + " instead of " + blocks.byteSize());
            }
            return blocks.toArray(JAVA_BYTE);
        }
    }

    /// The numbers that blocks of a quantized type stand for.
    public static float[] dequantized(GgmlType type, byte... blocks) {
        int count = blocks.length / type.blockBytes() * type.blockLength();
        String name = "dequantize_row_" + type.name().toLowerCase(Locale.ROOT).replace("_k", "_K");
        LlamaCppLibrary library = LlamaCppLibrary.require();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(JAVA_FLOAT, count);
            MemorySegment bytes = arena.allocate(blocks.length, 64);
            MemorySegment.copy(blocks, 0, bytes, JAVA_BYTE, 0, blocks.length);
            LlamaCppLibrary.call(
                    library.function(name, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG)),
                    bytes,
                    values,
                    (long) count);
            return values.toArray(JAVA_FLOAT);
        }
    }

    // Sizes that do not fit are assertions of ggml, which end the process.
    private static void requireBlocks(GgmlType type, int count, int columns) {
        if (columns <= 0 || columns % type.blockLength() != 0 || count % columns != 0) {
            throw new IllegalArgumentException(count + " numbers in rows of " + columns + " are no blocks of " + type);
        }
    }
}
