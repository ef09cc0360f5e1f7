package dev.cortado.model.quant;

import java.util.Arrays;

/// The best scale for a group of 16 values, `x ≈ scale · code` with codes from −32 to 31: ggml's `make_qx_quants`
/// with squares as weights. It tries steps around the one that takes the extreme value to −32; the codes of each
/// give a scale by weighted least squares, and the fit that explains most of the weighted squares wins.
final class SymmetricFit {
    static final int LENGTH = 16;
    static final int LOWEST = -32;

    /// Groups below are taken for zero (`GROUP_MAX_EPS`).
    static final float NOTHING = 1e-15f;

    private SymmetricFit() {}

    /// The scale of the group at `from`, which may be negative; its codes plus 32 go to `at` of `codes`.
    static float fit(float[] values, int from, int[] codes, int at) {
        float extreme = 0;
        for (int i = from; i < from + LENGTH; i++) {
            extreme = Math.abs(values[i]) > Math.abs(extreme) ? values[i] : extreme;
        }
        if (Math.abs(extreme) < NOTHING) {
            Arrays.fill(codes, at, at + LENGTH, 0);
            return 0;
        }
        float scale = 0;
        float best = 0;
        for (int t = 0; t <= 18; t++) {
            // First the plain step, then 0.9 shorter to 0.9 longer codes for the extreme, in tenths.
            int tenths = t == 0 ? 0 : t <= 9 ? t - 10 : t - 9;
            float inverse = -(-LOWEST + 0.1f * tenths) / extreme;
            float sumXl = 0;
            float sumL2 = 0;
            for (int i = from; i < from + LENGTH; i++) {
                float x = values[i];
                int code = code(inverse * x);
                float w = x * x;
                sumXl += w * x * code;
                sumL2 += w * code * code;
            }
            if (t == 0 || (sumL2 > 0 && sumXl * sumXl > best * sumL2)) {
                for (int i = 0; i < LENGTH; i++) {
                    codes[at + i] = code(inverse * values[from + i]) - LOWEST;
                }
                scale = sumL2 == 0 ? 0 : sumXl / sumL2;
                best = scale * sumXl;
            }
        }
        return scale;
    }

    /// The code of so many steps.
    static int code(float steps) {
        return Math.clamp((int) Math.rint(steps), LOWEST, -LOWEST - 1);
    }
}
