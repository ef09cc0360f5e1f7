package dev.cortado.tensor;

/// Element types of tensors, with the widths they take in memory and in files.
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
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
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }
}
