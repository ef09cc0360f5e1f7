package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// Decoding one element of one block in `double`, straight from the layouts of ggml-common.h: a block is a string of
/// bits, the lowest of byte 0 first, of which numbers are cut out.
final class NaiveBlocks {
    private static final int[] IQ4_NL = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private final byte[] block;

    NaiveBlocks(byte[] block) {
        this.block = block;
    }

    double element(GgmlType type, int i) {
        int nibble = i % 16 * 8 + i / 16 * 4; // of 32 four-bit codes, element i beside i + 16
        int pair = i / 64 * 256 + i % 32 * 8 + i / 32 % 2 * 4; // of 256 four-bit codes, element i beside i + 32
        int quarter = i / 128 * 256 + i % 32 * 8 + i / 32 % 4 * 2; // of 256 two-bit codes, every 32nd beside
        int eighth = i % 32 * 8 + i / 32; // of 256 bits, every 32nd beside
        return switch (type) {
            case Q8_0 -> half(0) * block[2 + i];
            case Q4_0 -> half(0) * (bits(2, nibble, 4) - 8);
            case Q4_1 -> half(0) * bits(4, nibble, 4) + half(2);
            case Q5_0 -> half(0) * (bits(6, nibble, 4) + 16 * bits(2, i, 1) - 16);
            case Q5_1 -> half(0) * (bits(8, nibble, 4) + 16 * bits(4, i, 1)) + half(2);
            case IQ4_NL -> half(0) * IQ4_NL[bits(2, nibble, 4)];
            case Q2_K -> half(80) * bits(i / 16, 0, 4) * bits(16, quarter, 2) - half(82) * bits(i / 16, 4, 4);
            case Q3_K -> {
                int group = i / 16;
                int scale =
                        bits(96, group % 8 * 8 + group / 8 * 4, 4) + 16 * bits(104, group % 4 * 8 + group / 4 * 2, 2);
                yield half(108) * (scale - 32) * (bits(32, quarter, 2) + 4 * bits(0, eighth, 1) - 4);
            }
            case Q4_K -> half(0) * scale(i / 32) * bits(16, pair, 4) - half(2) * min(i / 32);
            case Q5_K ->
                half(0) * scale(i / 32) * (bits(48, pair, 4) + 16 * bits(16, eighth, 1)) - half(2) * min(i / 32);
            case Q6_K -> {
                int lower = i / 128 * 512 + i % 64 * 8 + i / 64 % 2 * 4;
                yield half(208) * block[192 + i / 16] * (bits(0, lower, 4) + 16 * bits(128, quarter, 2) - 32);
            }
            default -> throw new IllegalArgumentException("no naive " + type);
        };
    }

    private int scale(int group) {
        return group < 4 ? bits(4 + group, 0, 6) : bits(8 + group, 0, 4) + 16 * bits(group, 6, 2);
    }

    private int min(int group) {
        return group < 4 ? bits(8 + group, 0, 6) : bits(8 + group, 4, 4) + 16 * bits(4 + group, 6, 2);
    }

    /// `width` bits, the first of which is bit number `first` from byte `from` on.
    private int bits(int from, int first, int width) {
        int bits = 0;
        for (int b = first; b < first + width; b++) {
            bits += ((block[from + b / 8] >> (b % 8)) & 1) << (b - first);
        }
        return bits;
    }

    private double half(int from) {
        return Float.float16ToFloat((short) bits(from, 0, 16));
    }
}
