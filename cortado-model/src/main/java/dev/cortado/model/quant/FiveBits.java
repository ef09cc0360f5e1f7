package dev.cortado.model.quant;

/// Thirty-two five-bit codes as [Q5_0] and [Q5_1] store them: first the fifth bits in four bytes, then the lower four
/// bits in sixteen, element i beside element i + 16.
final class FiveBits {
    private FiveBits() {}

    /// The fifth bits of a block: that of element i is bit i.
    static int fifth(byte[] bytes, int at) {
        return (bytes[at] & 0xFF)
                | ((bytes[at + 1] & 0xFF) << 8)
                | ((bytes[at + 2] & 0xFF) << 16)
                | ((bytes[at + 3] & 0xFF) << 24);
    }

    /// The code of element i, from the i-th byte of the lower bits.
    static int low(byte pair, int fifth, int i) {
        return (pair & 15) | (((fifth >>> i) & 1) << 4);
    }

    /// The code of element i + 16, from the same byte.
    static int high(byte pair, int fifth, int i) {
        return ((pair >> 4) & 15) | (((fifth >>> (i + 16)) & 1) << 4);
    }

    /// Writes 32 codes into 20 bytes.
    static void write(int[] codes, byte[] bytes, int at) {
        int fifth = 0;
        for (int i = 0; i < 32; i++) {
            fifth |= (codes[i] >> 4) << i;
        }
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (fifth >> (8 * i));
        }
        for (int i = 0; i < 16; i++) {
            bytes[at + 4 + i] = (byte) ((codes[i] & 15) | (codes[i + 16] << 4));
        }
    }
}
