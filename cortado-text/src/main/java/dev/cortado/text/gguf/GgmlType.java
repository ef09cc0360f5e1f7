package dev.cortado.text.gguf;

import java.util.List;
import java.util.Optional;

/// How the numbers of a tensor are stored in a GGUF file (`ggml_type` of ggml.h): in blocks of a number of elements,
/// each block a number of bytes.
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    IQ1_M(29, 256, 56),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17);

    private final int code;
    private final int blockLength;
    private final int blockBytes;

    GgmlType(int code, int blockLength, int blockBytes) {
        this.code = code;
        this.blockLength = blockLength;
        this.blockBytes = blockBytes;
    }

    /// The type a file means by a number; empty when it is one we do not know.
    static Optional<GgmlType> of(int code) {
        for (GgmlType type : values()) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /// The number that stands for it in files.
    public int code() {
        return code;
    }

    /// The elements of a block, which lie side by side in a row.
    public int blockLength() {
        return blockLength;
    }

    /// The bytes of a block.
    public int blockBytes() {
        return blockBytes;
    }

    /// The bytes of a tensor.
    ///
    /// @param shape the first extent varies fastest: rows of that many elements are stored in blocks
    /// @throws IllegalArgumentException when rows are not whole blocks, or the size is beyond 63 bits
    public long bytes(List<Long> shape) {
        long row = shape.isEmpty() ? 1 : shape.getFirst();
        if (row % blockLength != 0) {
            throw new IllegalArgumentException(
                    "rows of " + row + ", not a multiple of the " + blockLength + " elements of a block of " + this);
        }
        try {
            long elements = 1;
            for (long extent : shape) {
                elements = Math.multiplyExact(elements, extent);
            }
            return Math.multiplyExact(elements / blockLength, blockBytes);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("the impossible shape " + shape, e);
        }
    }
}
