package dev.cortado.model.quant;

import dev.cortado.text.gguf.GgmlType;

/// What a run of values spans.
///
/// @param min the least value
/// @param max the greatest value
/// @param extreme the value of the largest magnitude, with its sign: the first of several, positive zero if all are
/// zero
record Range(float min, float max, float extreme) {
    /// Spans `length` values, one at least.
    ///
    /// @throws IllegalArgumentException if a value is NaN or infinite: no format of this package stores those
    static Range of(float[] values, int from, int length, GgmlType type) {
        float min = values[from];
        float max = min;
        float extreme = 0;
        for (int i = from; i < from + length; i++) {
            float value = values[i];
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "value " + i + " is " + value + ": " + type + " is written for finite numbers only");
            }
            min = value < min ? value : min;
            max = value > max ? value : max;
            extreme = Math.abs(value) > Math.abs(extreme) ? value : extreme;
        }
        return new Range(min, max, extreme);
    }
}
