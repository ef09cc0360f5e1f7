package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Half floats (IEEE 754 binary16) in blocks, little-endian: the scales of nearly all formats.
final class Half {
    private static final float LARGEST = 65504;

    private Half() {}

    static float read(byte[] bytes, int at) {
        return Float.float16ToFloat((short) ((bytes[at] & 0xFF) | (bytes[at + 1] << 8)));
    }

    /// Writes the half nearest to a scale (ties to even) and returns what will be read back.
    ///
    /// @throws IllegalArgumentException if that half is not finite, because the block's values are too large
    static float write(float scale, GgmlType type, byte[] bytes, int at) {
        short half = Float.floatToFloat16(scale);
        float stored = Float.float16ToFloat(half);
        if (!Float.isFinite(stored)) {
            throw tooLarge(scale, type);
        }
        bytes[at] = (byte) half;
        bytes[at + 1] = (byte) (half >> 8);
        return stored;
    }

    /// Refuses a block whose scale would be this.
    static void check(float scale, GgmlType type) {
        if (!(Math.abs(scale) <= LARGEST)) {
            throw tooLarge(scale, type);
        }
    }

    private static IllegalArgumentException tooLarge(float scale, GgmlType type) {
        return new IllegalArgumentException("the values are too large for " + type + ": a block needs the scale "
                + scale + ", and a half float ends at " + LARGEST);
    }
}
