package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Optional;

/// A way to store numbers in blocks, as GGUF files do: every `blockLength` elements of a row become `blockBytes`
/// bytes that can be read without their neighbours. All formats can be read; those that can be written too are
/// [WritableFormat]s.
///
/// A format has no state, so it may be used by any number of threads. Any bytes decode to something, damaged ones
/// too: reading never fails for what is in a block, but a damaged scale may give infinities and NaN.
///
/// Layouts: ggml-common.h and `dequantize_row_*` of ggml-quants.c in <https://github.com/ggml-org/llama.cpp>.
/// Arithmetic is theirs, in `float` and without fused multiply-add.
public sealed interface BlockFormat permits WritableFormat, Q2_K, Q3_K, Iq4Nl {
    /// The name of the format in GGUF files, and the size of its blocks.
    GgmlType type();

    /// Decodes a run of `count` blocks that lies at byte `from` into `count · blockLength` floats from index
    /// `at` on.
    ///
    /// @throws IndexOutOfBoundsException if either array is too short
    void decode(byte[] blocks, int from, int count, float[] into, int at);

    /// Decodes `count` blocks of a segment, the first of which is its block number `block`.
    ///
    /// @throws IndexOutOfBoundsException if the segment or the array is too short
    default void decode(MemorySegment blocks, long block, int count, float[] into, int at) {
        // Loops over heap arrays compile to much better code than loops over segments, so blocks pass
        // through one that stays in the first-level cache.
        Objects.checkFromIndexSize(at, Math.multiplyExact(count, blockLength()), into.length);
        int most = Pieces.of(count, blockBytes());
        byte[] piece = new byte[most * blockBytes()];
        for (int done = 0; done < count; done += most) {
            int now = Math.min(most, count - done);
            long offset = Math.multiplyExact(block + done, blockBytes());
            MemorySegment.copy(blocks, ValueLayout.JAVA_BYTE, offset, piece, 0, now * blockBytes());
            decode(piece, 0, now, into, at + done * blockLength());
        }
    }

    /// Decodes a whole tensor, or any part of it that begins and ends with a block, into little-endian F32.
    ///
    /// @throws IllegalArgumentException if the segments do not hold equally many elements
    default void decode(MemorySegment blocks, MemorySegment floats) {
        long count = blocks.byteSize() / blockBytes();
        if (blocks.byteSize() % blockBytes() != 0 || floats.byteSize() != count * blockLength() * Float.BYTES) {
            throw new IllegalArgumentException(blocks.byteSize() + " bytes of " + type() + " (" + blockBytes()
                    + " for every " + blockLength() + " elements) cannot be decoded into " + floats.byteSize()
                    + " bytes of F32");
        }
        int most = Pieces.of(count, blockLength() * Float.BYTES);
        float[] piece = new float[most * blockLength()];
        for (long done = 0; done < count; done += most) {
            int now = (int) Math.min(most, count - done);
            decode(blocks, done, now, piece, 0);
            long offset = done * blockLength() * Float.BYTES;
            MemorySegment.copy(piece, 0, floats, Pieces.F32, offset, now * blockLength());
        }
    }

    /// The elements of a block.
    default int blockLength() {
        return type().blockLength();
    }

    /// The bytes of a block.
    default int blockBytes() {
        return type().blockBytes();
    }

    /// What an element takes, its share of the scales included.
    default double bitsPerWeight() {
        return 8.0 * blockBytes() / blockLength();
    }

    /// The bytes of a row of so many elements.
    ///
    /// @throws IllegalArgumentException if the row cannot be cut into blocks
    default long rowBytes(long elements) {
        if (elements < 0 || elements % blockLength() != 0) {
            throw new IllegalArgumentException("a row of " + elements + " elements cannot be stored as " + type()
                    + ": its length must be a multiple of " + blockLength());
        }
        return Math.multiplyExact(elements / blockLength(), blockBytes());
    }

    /// The format of a type of GGUF; empty for those this package cannot read.
    static Optional<BlockFormat> of(GgmlType type) {
        return Optional.ofNullable(
                switch (type) {
                    case F32 -> new F32();
                    case F16 -> new F16();
                    case BF16 -> new Bf16();
                    case Q4_0 -> new Q4_0();
                    case Q4_1 -> new Q4_1();
                    case Q5_0 -> new Q5_0();
                    case Q5_1 -> new Q5_1();
                    case Q8_0 -> new Q8_0();
                    case Q2_K -> new Q2_K();
                    case Q3_K -> new Q3_K();
                    case Q4_K -> new Q4_K();
                    case Q5_K -> new Q5_K();
                    case Q6_K -> new Q6_K();
                    case IQ4_NL -> new Iq4Nl();
                    default -> null;
                });
    }
}
