package dev.cortado.model.quant;

/// Eight six-bit scales and eight six-bit minima in twelve bytes, as [Q4_K] and [Q5_K] store them: groups 0 to 3 in
/// the lower six bits of bytes 0–3 (scales) and 4–7 (minima); of groups 4 to 7 the lower four bits in bytes 8–11
/// (scale low, minimum high), the upper two bits on top of bytes 0–3 (scales) and 4–7 (minima).
final class SixBitScales {
    static final int GROUPS = 8;
    static final int TOP = 63;

    private SixBitScales() {}

    static int scale(byte[] bytes, int at, int group) {
        return group < 4
                ? bytes[at + group] & 63
                : (bytes[at + 4 + group] & 15) | (((bytes[at + group - 4] >> 6) & 3) << 4);
    }

    static int min(byte[] bytes, int at, int group) {
        return group < 4
                ? bytes[at + 4 + group] & 63
                : ((bytes[at + 4 + group] >> 4) & 15) | (((bytes[at + group] >> 6) & 3) << 4);
    }

    static void write(int[] scales, int[] mins, byte[] bytes, int at) {
        for (int group = 0; group < 4; group++) {
            int scale = scales[group + 4];
            int min = mins[group + 4];
            bytes[at + group] = (byte) (scales[group] | ((scale >> 4) << 6));
            bytes[at + 4 + group] = (byte) (mins[group] | ((min >> 4) << 6));
            bytes[at + 8 + group] = (byte) ((scale & 15) | ((min & 15) << 4));
        }
    }
}
