package dev.cortado.model.llama2c;

import dev.cortado.model.arch.LlamaSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.OptionalInt;

/// The numbers a checkpoint begins with: dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size and max_seq_len,
/// as int32. Version 0 has nothing else, and says by a negative vocab_size that the output projection is not the
/// embedding. Later versions put a magic number and the version before, and flags behind, in 256 bytes.
///
/// @param groupSize numbers that share a scale, where matrices are quantised
/// @param bytes     where the tensors begin
record Llama2cHeader(int version, LlamaSpec spec, OptionalInt groupSize, long bytes) {
    private static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAGIC = 0x616b3432; // "ak42"
    private static final int NUMBERS = 7;
    private static final int LATER_BYTES = 256;
    // A bound keeps a hostile file's list of tensors from outgrowing the file in memory.
    private static final int MAX_LAYERS = 4096;

    // Not in the file, but in the program that trains and runs such models.
    private static final double NORM_EPSILON = 1e-5;
    private static final double ROPE_THETA = 10_000;

    /// @throws IllegalArgumentException when the numbers are not those of a Llama
    static Llama2cHeader read(Path file, MemorySegment content) {
        if (content.byteSize() < NUMBERS * 4L) {
            throw wrong(file, content.byteSize() + " bytes are too few for a llama2.c checkpoint");
        }
        if (content.get(INT32, 0) != MAGIC) {
            int vocabSize = content.get(INT32, 20);
            boolean tied = vocabSize > 0;
            return new Llama2cHeader(
                    0, spec(file, content, 0, tied ? vocabSize : -vocabSize, tied), OptionalInt.empty(), NUMBERS * 4L);
        }
        if (content.byteSize() < LATER_BYTES) {
            throw wrong(file, "ends within the header of 256 bytes: truncated, fetch it again");
        }
        int version = content.get(INT32, 4);
        if (version != 1 && version != 2) {
            throw wrong(file, "is a llama2.c checkpoint of version " + version + "; versions 0, 1 and 2 can be read");
        }
        byte tied = content.get(ValueLayout.JAVA_BYTE, 36);
        if (tied != 0 && tied != 1) {
            throw wrong(file, "has flag shared_classifier " + tied + ", neither 0 nor 1");
        }
        LlamaSpec spec = spec(file, content, 8, content.get(INT32, 28), tied == 1);
        if (version == 1) {
            return new Llama2cHeader(version, spec, OptionalInt.empty(), LATER_BYTES);
        }
        int groupSize = content.get(INT32, 37);
        if (groupSize <= 0) {
            throw wrong(file, "has groups of " + groupSize + " numbers");
        }
        return new Llama2cHeader(version, spec, OptionalInt.of(groupSize), LATER_BYTES);
    }

    private static LlamaSpec spec(Path file, MemorySegment content, long at, int vocabSize, boolean tied) {
        int width = content.get(INT32, at);
        int hiddenWidth = content.get(INT32, at + 4);
        int layers = content.get(INT32, at + 8);
        int heads = content.get(INT32, at + 12);
        int kvHeads = content.get(INT32, at + 16);
        int contextLength = content.get(INT32, at + 24);
        if (heads <= 0 || width <= 0 || width % heads != 0 || layers > MAX_LAYERS) {
            throw wrong(
                    file,
                    "claims dim " + width + ", n_layers " + layers + " and n_heads " + heads
                            + ": not a llama2.c checkpoint");
        }
        try {
            return new LlamaSpec(
                    vocabSize,
                    contextLength,
                    width,
                    layers,
                    heads,
                    kvHeads,
                    width / heads,
                    hiddenWidth,
                    NORM_EPSILON,
                    ROPE_THETA,
                    tied);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": not a llama2.c checkpoint: " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException wrong(Path file, String what) {
        return new IllegalArgumentException(file + ": " + what);
    }
}
