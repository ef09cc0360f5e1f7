package dev.cortado.tensor;

/// Element types of tensors, with the widths they take in memory and in files.
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    /// Four bits of exponent, three of fraction, no infinities (Micikevicius et al. 2022, arXiv:2209.05433):
    /// storage only.
    F8_E4M3(1),
    /// Five bits of exponent, two of fraction: storage only.
    F8_E5M2(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /// Bytes one element takes.
    public int bytes() {
        return bytes;
    }

    /// Whether elements are (binary) floating-point numbers; only these carry gradients.
    public boolean isFloating() {
        return switch (this) {
            case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> true;
            case I64, I32, I16, I8, U8, BOOL -> false;
        };
    }
}
