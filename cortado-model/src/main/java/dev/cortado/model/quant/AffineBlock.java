package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// What [Q4_K] and [Q5_K] share when they write a super-block: 256 values in eight groups, each with a scale and a
/// minimum that are themselves six-bit multiples of two half floats.
///
/// | byte | holds |
/// |---|---|
/// | 0 | d, half: what the six-bit scales are multiples of |
/// | 2 | dmin, half: what the six-bit minima are multiples of |
/// | 4 | [SixBitScales] |
///
/// One object serves one run of blocks.
final class AffineBlock {
    static final int LENGTH = 256;

    private final GgmlType type;
    private final int topCode;
    private final AffineFit fit;
    private final float[] scales = new float[SixBitScales.GROUPS];
    private final float[] mins = new float[SixBitScales.GROUPS];
    private final int[] scaleCodes = new int[SixBitScales.GROUPS];
    private final int[] minCodes = new int[SixBitScales.GROUPS];

    AffineBlock(GgmlType type, int topCode, AffineFit fit) {
        this.type = type;
        this.topCode = topCode;
        this.fit = fit;
    }

    /// Writes the sixteen bytes above and gives the codes of the values under what was written.
    ///
    /// @param codes where the 256 codes go
    /// @throws IllegalArgumentException if a value is not finite or too large
    void encode(float[] values, int from, int[] codes, byte[] into, int at) {
        Range range = Range.of(values, from, LENGTH, type);
        // The minimum is the one that ends first. Checked here, because sums of larger values could overflow
        // to NaN.
        Half.check(range.extreme() / SixBitScales.TOP, type);
        for (int group = 0; group < SixBitScales.GROUPS; group++) {
            fit.fit(values, from + group * AffineFit.LENGTH, codes, group * AffineFit.LENGTH);
            scales[group] = fit.scale();
            mins[group] = fit.min();
        }
        float d = multiples(scales, scaleCodes, into, at);
        float dmin = multiples(mins, minCodes, into, at + 2);
        SixBitScales.write(scaleCodes, minCodes, into, at + 4);
        for (int group = 0; group < SixBitScales.GROUPS; group++) {
            float scale = d * scaleCodes[group];
            if (scale == 0) {
                continue; // all codes mean the same, and the reference keeps those of the fit
            }
            float min = dmin * minCodes[group];
            int first = group * AffineFit.LENGTH;
            for (int i = first; i < first + AffineFit.LENGTH; i++) {
                codes[i] = Math.clamp((int) Math.rint((values[from + i] + min) / scale), 0, topCode);
            }
        }
    }

    /// Rounds numbers to multiples of one half float, which is written and returned.
    private float multiples(float[] numbers, int[] codes, byte[] into, int at) {
        float most = 0;
        for (float number : numbers) {
            most = Math.max(most, number);
        }
        float inverse = most > 0 ? SixBitScales.TOP / most : 0;
        for (int i = 0; i < codes.length; i++) {
            codes[i] = Math.clamp((int) Math.rint(inverse * numbers[i]), 0, SixBitScales.TOP);
        }
        return Half.write(most / SixBitScales.TOP, type, into, at);
    }
}
