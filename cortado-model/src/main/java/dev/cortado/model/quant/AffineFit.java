package dev.cortado.model.quant;

import java.util.Arrays;

/// The best scale and minimum for a group of 32 values, `x ≈ scale · code − min` with `min ≥ 0`: ggml's
/// `make_qkx2_quants`. Starting from codes that just span the values, it tries somewhat smaller and larger steps; the
/// codes of each give a scale and a minimum by weighted least squares, and the fit of least weighted square error
/// wins. Large values weigh more: `w = rms(x) + |x|`.
///
/// One object serves one encoder, group after group.
final class AffineFit {
    static final int LENGTH = 32;

    private final int topCode;
    private final float firstTry;
    private final int tries;
    private final float[] weights = new float[LENGTH];
    private final int[] trial = new int[LENGTH];
    private float scale;
    private float min;

    /// @param topCode the greatest code
    /// @param firstTry the first of `tries` steps tried, as what is added to `topCode`; each next one adds 0.1
    AffineFit(int topCode, float firstTry, int tries) {
        this.topCode = topCode;
        this.firstTry = firstTry;
        this.tries = tries;
    }

    float scale() {
        return scale;
    }

    /// What is subtracted; never negative.
    float min() {
        return min;
    }

    /// Fits the group at `from`, whose codes go to the same place of `codes`. The arithmetic keeps the order of
    /// the reference, on which the last bits depend.
    void fit(float[] values, int from, int[] codes, int at) {
        float squares = 0;
        for (int i = 0; i < LENGTH; i++) {
            squares += values[from + i] * values[from + i];
        }
        float rms = (float) Math.sqrt(squares / LENGTH);
        float low = Math.min(0, values[from]);
        float high = values[from];
        float sumW = 0;
        float sumX = 0;
        for (int i = 0; i < LENGTH; i++) {
            float x = values[from + i];
            weights[i] = rms + Math.abs(x);
            low = x < low ? x : low;
            high = x > high ? x : high;
            sumW += weights[i];
            sumX += weights[i] * x;
        }
        if (high == low) {
            scale = 0;
            min = -low;
            Arrays.fill(codes, at, at + LENGTH, 0);
            return;
        }
        float inverse = topCode / (high - low);
        float bestScale = 1 / inverse;
        float bestLow = low;
        encode(values, from, low, inverse, codes, at);
        float leastError = error(values, from, bestScale, bestLow, codes, at);
        // The reference restarts every try from the best minimum so far, with the span that is left above it.
        for (int t = 0; t < tries; t++) {
            inverse = (firstTry + 0.1f * t + topCode) / (high - bestLow);
            encode(values, from, bestLow, inverse, trial, 0);
            float sumL = 0;
            float sumL2 = 0;
            float sumXl = 0;
            for (int i = 0; i < LENGTH; i++) {
                float w = weights[i];
                int code = trial[i];
                sumL += w * code;
                sumL2 += w * code * code;
                sumXl += w * code * values[from + i];
            }
            float determinant = sumW * sumL2 - sumL * sumL;
            if (determinant > 0) {
                float triedScale = (sumW * sumXl - sumX * sumL) / determinant;
                float triedLow = (sumL2 * sumX - sumL * sumXl) / determinant;
                if (triedLow > 0) {
                    triedLow = 0;
                    triedScale = sumXl / sumL2;
                }
                float error = error(values, from, triedScale, triedLow, trial, 0);
                if (error < leastError) {
                    System.arraycopy(trial, 0, codes, at, LENGTH);
                    leastError = error;
                    bestScale = triedScale;
                    bestLow = triedLow;
                }
            }
        }
        scale = bestScale;
        min = -bestLow;
    }

    private void encode(float[] values, int from, float low, float inverse, int[] codes, int at) {
        for (int i = 0; i < LENGTH; i++) {
            codes[at + i] = Math.clamp((int) Math.rint(inverse * (values[from + i] - low)), 0, topCode);
        }
    }

    private float error(float[] values, int from, float scale, float low, int[] codes, int at) {
        float error = 0;
        for (int i = 0; i < LENGTH; i++) {
            float difference = scale * codes[at + i] + low - values[from + i];
            error += weights[i] * (difference * difference);
        }
        return error;
    }
}
