package dev.cortado.tensor.kernel;

import jdk.incubator.vector.FloatVector;

/// The parts of a softmax over one row buffer: its largest element, its exponentials and their sum, their share.
final class Exponentials {
    private Exponentials() {}

    /// The largest element; `row` is padded with −∞.
    static float max(float[] row, int count) {
        FloatVector a = Lanes.broadcast(Float.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i += Lanes.WIDTH) {
            a = a.max(FloatVector.fromArray(Lanes.FLOATS, row, i));
        }
        return a.reduceLanes(jdk.incubator.vector.VectorOperators.MAX);
    }

    /// Replaces every x by exp(scale·(x − max)); their sum. `row` is padded with −∞.
    static double replace(float[] row, int count, float scale, float max) {
        FloatVector sum = Lanes.broadcast(0f);
        for (int i = 0; i < count; i += Lanes.WIDTH) {
            FloatVector e = Lanes.exp(
                    FloatVector.fromArray(Lanes.FLOATS, row, i).sub(max).mul(scale));
            e.intoArray(row, i);
            sum = sum.add(e);
        }
        return Lanes.sum(sum);
    }

    /// Replaces every x by exp(scale·x − top); their sum, those behind the row counted in.
    static double below(float[] row, int count, float scale, float top) {
        FloatVector sum = Lanes.broadcast(0f);
        FloatVector factor = Lanes.broadcast(scale);
        FloatVector minus = Lanes.broadcast(-top);
        for (int i = 0; i < count; i += Lanes.WIDTH) {
            FloatVector e =
                    Lanes.exp(FloatVector.fromArray(Lanes.FLOATS, row, i).fma(factor, minus));
            e.intoArray(row, i);
            sum = sum.add(e);
        }
        return Lanes.sum(sum);
    }

    /// Multiplies every element.
    static void scale(float[] row, int count, float factor) {
        for (int i = 0; i < count; i += Lanes.WIDTH) {
            FloatVector.fromArray(Lanes.FLOATS, row, i).mul(factor).intoArray(row, i);
        }
    }
}
