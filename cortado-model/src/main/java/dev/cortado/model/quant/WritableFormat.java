package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A [BlockFormat] that numbers can be written in. The codes are those of ggml's reference quantisers without an
/// importance matrix (`quantize_row_*_ref` of ggml-quants.c), byte for byte where those are compiled without fused
/// multiply-add.
///
/// Only what can be read back is written: NaN, infinities and numbers so large that their block's scale would be no
/// finite half float are refused. After a refusal the bytes of that run of blocks are undefined.
public sealed interface WritableFormat extends BlockFormat
        permits F32, F16, Bf16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K {
    /// Encodes `count · blockLength` values from index `from` on into a run of `count` blocks at byte `at`.
    ///
    /// @throws IllegalArgumentException if a value is not finite or too large for the format
    /// @throws IndexOutOfBoundsException if either array is too short
    void encode(float[] values, int from, int count, byte[] into, int at);

    /// Encodes `count` blocks into a segment, the first of which becomes its block number `block`.
    ///
    /// @throws IllegalArgumentException if a value is not finite or too large for the format
    /// @throws IndexOutOfBoundsException if the array or the segment is too short
    default void encode(float[] values, int from, int count, MemorySegment into, long block) {
        Objects.checkFromIndexSize(from, Math.multiplyExact(count, blockLength()), values.length);
        int most = Pieces.of(count, blockBytes());
        byte[] piece = new byte[most * blockBytes()];
        for (int done = 0; done < count; done += most) {
            int now = Math.min(most, count - done);
            encode(values, from + done * blockLength(), now, piece, 0);
            long offset = Math.multiplyExact(block + done, blockBytes());
            MemorySegment.copy(piece, 0, into, ValueLayout.JAVA_BYTE, offset, now * blockBytes());
        }
    }

    /// The writable format of a type of GGUF; empty for the others.
    static Optional<WritableFormat> of(GgmlType type) {
        return BlockFormat.of(type).filter(WritableFormat.class::isInstance).map(WritableFormat.class::cast);
    }

    /// All of them, in the order of [GgmlType].
    static List<WritableFormat> all() {
        return Arrays.stream(GgmlType.values())
                .flatMap(type -> of(type).stream())
                .toList();
    }
}
