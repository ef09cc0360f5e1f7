package dev.cortado.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The vectors all kernels compute with, as wide as this machine has them, and functions of them.
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    /// Floats in one vector.
    static final int WIDTH = FLOATS.length();

    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 355f / 512; // few bits: n·LN2_HIGH is exact
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float ROUND = 12582912f; // 1.5·2²³: adding it leaves no fraction bits
    private static final float LARGEST = 88.72283f; // ln of the largest float
    private static final float SMALLEST = -87f; // just above ln of the smallest normal float

    private Lanes() {}

    /// eˣ with a relative error below 2·10⁻⁷; 0 below −87, where results would be subnormal; NaN of NaN.
    ///
    /// eˣ = 2ⁿ·eʳ with n = round(x/ln 2) and |r| ≤ ln(2)/2; eʳ by the polynomial of Moshier's Cephes (expf).
    static FloatVector exp(FloatVector x) {
        FloatVector rounded = x.fma(broadcast(LOG2_E), broadcast(ROUND)); // n stands in the low bits
        FloatVector n = rounded.sub(ROUND);
        FloatVector r = n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), x));
        FloatVector p = r.fma(broadcast(1.9875691e-4f), broadcast(1.3981999e-3f));
        p = p.fma(r, broadcast(8.333452e-3f));
        p = p.fma(r, broadcast(4.1665796e-2f));
        p = p.fma(r, broadcast(1.6666666e-1f));
        p = p.fma(r, broadcast(5e-1f));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        FloatVector y = p.reinterpretAsInts().add(exponent).reinterpretAsFloats(); // times 2ⁿ
        VectorMask<Float> under = x.compare(VectorOperators.LT, SMALLEST);
        VectorMask<Float> over = x.compare(VectorOperators.GT, LARGEST);
        VectorMask<Float> notNumber = x.test(VectorOperators.IS_NAN);
        return y.blend(0f, under).blend(Float.POSITIVE_INFINITY, over).blend(Float.NaN, notNumber);
    }

    /// 1/(1 + e⁻ˣ).
    static FloatVector sigmoid(FloatVector x) {
        return broadcast(1f).div(exp(x.neg()).add(1f));
    }

    static FloatVector broadcast(float value) {
        return FloatVector.broadcast(FLOATS, value);
    }

    /// Sum of the lanes, always in the same order: `reduceLanes` leaves it open, so that compiled code may differ
    /// from interpreted code.
    static double sum(FloatVector v) {
        float[] lanes = v.toArray();
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    /// Σ a·b of two rows padded so that the products behind them are 0.
    static double dot(float[] a, float[] b, int count) {
        FloatVector sum = broadcast(0f);
        for (int i = 0; i < count; i += WIDTH) {
            sum = FloatVector.fromArray(FLOATS, a, i).fma(FloatVector.fromArray(FLOATS, b, i), sum);
        }
        return sum(sum);
    }

    /// A row buffer for `count` elements: padded to whole vectors.
    static float[] buffer(int count) {
        return new float[Math.ceilDiv(count, WIDTH) * WIDTH];
    }

    /// Fills what lies behind the first `count` elements, up to the end of the last vector they reach into.
    static void pad(float[] row, int count, float value) {
        for (int i = count; i < row.length && i % WIDTH != 0; i++) {
            row[i] = value;
        }
    }
}
