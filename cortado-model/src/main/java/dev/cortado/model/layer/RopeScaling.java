package dev.cortado.model.layer;

/// How rotary frequencies are changed for texts longer than the model was first trained on.
public sealed interface RopeScaling {
    /// The frequency of each channel pair i of `rotaryDim`/2.
    ///
    /// @param length tokens of the whole text
    double[] frequencies(double theta, int rotaryDim, long length);

    /// What cosines and sines are multiplied with.
    default double amplitude(long length) {
        return 1;
    }

    /// theta^(−2i/C): as first published.
    record None() implements RopeScaling {
        @Override
        public double[] frequencies(double theta, int rotaryDim, long length) {
            return plain(theta, rotaryDim);
        }
    }

    /// theta^(−2i/C) for i < C/2.
    static double[] plain(double theta, int rotaryDim) {
        double[] frequencies = new double[rotaryDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(theta, -2.0 * i / rotaryDim);
        }
        return frequencies;
    }
}
