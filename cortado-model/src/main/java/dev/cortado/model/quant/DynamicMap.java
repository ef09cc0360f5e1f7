package dev.cortado.model.quant;

import java.util.Arrays;

/// The 256 values of the signed dynamic 8-bit data type (Dettmers 2016, "8-Bit Approximations for Parallelism in Deep
/// Learning", arXiv:1511.04561; Dettmers et al. 2022, arXiv:2110.02861, section 1.3), as `create_dynamic_map` of
/// bitsandbytes defines it: seven decades 10⁻⁶ … 1, the i-th with 2ⁱ values of either sign, the midpoints of as many
/// equal steps from a tenth to the whole of it; and 0 and 1. Fine near zero, and still exact to 0.8 % of the largest
/// value.
final class DynamicMap {
    private static final int DECADES = 7;
    private static final float[] VALUES = values();

    private DynamicMap() {}

    /// The value of a code; codes grow with their values.
    static float value(int code) {
        return VALUES[code];
    }

    /// The code whose value is nearest, the lower one of two.
    static int nearest(float x) {
        int found = Arrays.binarySearch(VALUES, x);
        if (found >= 0) {
            return found;
        }
        int above = -found - 1;
        if (above == 0) {
            return 0;
        }
        if (above == VALUES.length) {
            return above - 1;
        }
        return x - VALUES[above - 1] <= VALUES[above] - x ? above - 1 : above;
    }

    private static float[] values() {
        float[] values = new float[256];
        int n = 0;
        for (int decade = 0; decade < DECADES; decade++) {
            int steps = 1 << decade;
            for (int step = 0; step < steps; step++) {
                double middle = 0.1 + 0.9 * (step + 0.5) / steps;
                float value = (float) (Math.pow(10, decade - DECADES + 1) * middle);
                values[n++] = value;
                values[n++] = -value;
            }
        }
        values[n++] = 0;
        values[n] = 1;
        Arrays.sort(values);
        return values;
    }
}
