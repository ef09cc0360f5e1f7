package dev.cortado.model.layer;

import java.util.List;
import java.util.OptionalDouble;

/// How rotary frequencies are changed for texts longer than the model was first trained on; the numbers are those of
/// Hugging Face's `modeling_rope_utils.py`. C is the number of channels that turn.
public sealed interface RopeScaling {
    /// The frequency of each channel pair i of `rotaryDim`/2.
    ///
    /// @param length tokens of the whole text
    double[] frequencies(double theta, int rotaryDim, long length);

    /// What cosines and sines are multiplied with.
    default double amplitude() {
        return 1;
    }

    /// Whether frequencies depend on the length of the text.
    default boolean varies() {
        return false;
    }

    /// @throws IllegalArgumentException where it cannot be used with so many channels
    default void requireFits(int rotaryDim) {}

    /// theta^(−2i/C): as first published.
    record None() implements RopeScaling {
        @Override
        public double[] frequencies(double theta, int rotaryDim, long length) {
            return plain(theta, rotaryDim);
        }
    }

    /// All frequencies divided by one factor: positions are interpolated (Chen et al. 2023, arXiv:2306.15595).
    record Linear(double factor) implements RopeScaling {
        public Linear {
            requirePositive("factor", factor);
        }

        @Override
        public double[] frequencies(double theta, int rotaryDim, long length) {
            double[] frequencies = plain(theta, rotaryDim);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factor;
            }
            return frequencies;
        }
    }

    /// Theta grows with the text once it is longer than what was trained on ("dynamic NTK"; Peng et al. 2023,
    /// arXiv:2309.00071, section 3.3 and appendix B). Keys that a cache holds keep the frequencies of the length
    /// they were made at.
    ///
    /// @param trainedLength tokens up to which nothing changes
    record Dynamic(double factor, int trainedLength) implements RopeScaling {
        public Dynamic {
            requirePositive("factor", factor);
            requirePositive("max_position_embeddings", trainedLength);
        }

        @Override
        public double[] frequencies(double theta, int rotaryDim, long length) {
            double longest = Math.max(length, trainedLength);
            double growth = factor * longest / trainedLength - (factor - 1);
            return plain(theta * Math.pow(growth, rotaryDim / (rotaryDim - 2.0)), rotaryDim);
        }

        @Override
        public boolean varies() {
            return true;
        }

        @Override
        public void requireFits(int rotaryDim) {
            if (rotaryDim <= 2) {
                throw new IllegalArgumentException("dynamic rotary scaling wants more than 2 channels that turn");
            }
        }
    }

    /// Slow frequencies divided by a factor, fast ones kept, those between blended (Llama 3.1: Grattafiori et al.
    /// 2024, arXiv:2407.21783; Meta's code).
    ///
    /// @param factor         of the slow frequencies
    /// @param lowFrequency   turns within the trained length below which a frequency is slow
    /// @param highFrequency  turns above which it is fast
    /// @param trainedLength  tokens first trained on
    record Llama3(double factor, double lowFrequency, double highFrequency, int trainedLength) implements RopeScaling {
        public Llama3 {
            requirePositive("factor", factor);
            requirePositive("low_freq_factor", lowFrequency);
            requirePositive("original_max_position_embeddings", trainedLength);
            if (!(highFrequency > lowFrequency)) {
                throw new IllegalArgumentException("rotary scaling has high_freq_factor " + highFrequency
                        + ", which is not above low_freq_factor " + lowFrequency);
            }
        }

        @Override
        public double[] frequencies(double theta, int rotaryDim, long length) {
            double[] frequencies = plain(theta, rotaryDim);
            for (int i = 0; i < frequencies.length; i++) {
                double turns = trainedLength * frequencies[i] / (2 * Math.PI);
                double kept = Math.clamp((turns - lowFrequency) / (highFrequency - lowFrequency), 0, 1);
                frequencies[i] *= (1 - kept) / factor + kept;
            }
            return frequencies;
        }
    }

    /// YaRN (Peng et al. 2023, arXiv:2309.00071): as [Llama3], with the blend linear in the channel and scores
    /// made a little steeper.
    ///
    /// @param trainedLength   tokens first trained on
    /// @param attentionFactor of cosines and sines; without, √t of the paper's equation 22
    /// @param mscale          numerator's weight in that equation where `mscaleAllDim` is there too (DeepSeek-V2)
    /// @param mscaleAllDim    denominator's weight
    /// @param betaFast        turns from which on a frequency is kept
    /// @param betaSlow        turns up to which it is divided
    /// @param truncate        whether the blend begins and ends at whole channels
    record Yarn(
            double factor,
            int trainedLength,
            OptionalDouble attentionFactor,
            OptionalDouble mscale,
            OptionalDouble mscaleAllDim,
            double betaFast,
            double betaSlow,
            boolean truncate)
            implements RopeScaling {
        public Yarn {
            requirePositive("factor", factor);
            requirePositive("original_max_position_embeddings", trainedLength);
            requirePositive("beta_fast", betaFast);
            requirePositive("beta_slow", betaSlow);
        }

        /// With the paper's numbers.
        public static Yarn of(double factor, int trainedLength) {
            return new Yarn(
                    factor,
                    trainedLength,
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    32,
                    1,
                    true);
        }

        @Override
        public double[] frequencies(double theta, int rotaryDim, long length) {
            double from = channel(betaFast, theta, rotaryDim);
            double to = channel(betaSlow, theta, rotaryDim);
            double low = Math.max(truncate ? Math.floor(from) : from, 0);
            double high = Math.min(truncate ? Math.ceil(to) : to, rotaryDim - 1);
            // So that a blend of no channels does not divide by zero.
            double width = low == high ? 0.001 : high - low;
            double[] frequencies = plain(theta, rotaryDim);
            for (int i = 0; i < frequencies.length; i++) {
                double divided = Math.clamp((i - low) / width, 0, 1);
                frequencies[i] *= divided / factor + (1 - divided);
            }
            return frequencies;
        }

        /// The channel pair that turns so often within the trained length.
        private double channel(double turns, double theta, int rotaryDim) {
            return rotaryDim * Math.log(trainedLength / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }

        @Override
        public double amplitude() {
            // As in the reference, a weight of 0 is none.
            boolean weighted = mscale.orElse(0) != 0 && mscaleAllDim.orElse(0) != 0;
            return attentionFactor.orElseGet(() ->
                    weighted ? steepness(mscale.getAsDouble()) / steepness(mscaleAllDim.getAsDouble()) : steepness(1));
        }

        private double steepness(double weight) {
            return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
        }
    }

    /// Each frequency divided by a factor of its own, found by search, another one for long texts (LongRoPE:
    /// Ding et al. 2024, arXiv:2402.13753). Keys that a cache holds keep the frequencies of the length they were
    /// made at.
    ///
    /// @param shortFactors    for texts of up to `trainedLength` tokens, one for each channel pair
    /// @param longFactors     for longer ones
    /// @param trainedLength   tokens first trained on
    /// @param attentionFactor of cosines and sines
    record LongRope(List<Double> shortFactors, List<Double> longFactors, int trainedLength, double attentionFactor)
            implements RopeScaling {
        public LongRope {
            shortFactors = List.copyOf(shortFactors);
            longFactors = List.copyOf(longFactors);
            shortFactors.forEach(factor -> requirePositive("short_factor", factor));
            longFactors.forEach(factor -> requirePositive("long_factor", factor));
            requirePositive("original_max_position_embeddings", trainedLength);
            requirePositive("attention_factor", attentionFactor);
        }

        /// √(1 + ln(factor)/ln(trainedLength)): what the authors multiply cosines and sines with in a model
        /// made to read `factor` times as far.
        public static double attentionFactor(double factor, int trainedLength) {
            return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(trainedLength));
        }

        @Override
        public double[] frequencies(double theta, int rotaryDim, long length) {
            List<Double> factors = length > trainedLength ? longFactors : shortFactors;
            double[] frequencies = plain(theta, rotaryDim);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factors.get(i);
            }
            return frequencies;
        }

        @Override
        public double amplitude() {
            return attentionFactor;
        }

        @Override
        public boolean varies() {
            return true;
        }

        @Override
        public void requireFits(int rotaryDim) {
            if (shortFactors.size() != rotaryDim / 2 || longFactors.size() != rotaryDim / 2) {
                throw new IllegalArgumentException("rotary scaling has " + shortFactors.size() + " short_factor and "
                        + longFactors.size() + " long_factor where " + rotaryDim + " channels turn, which wants "
                        + rotaryDim / 2 + " of each");
            }
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

    private static void requirePositive(String name, double number) {
        if (!(number > 0) || Double.isInfinite(number)) {
            throw new IllegalArgumentException("rotary scaling has " + name + " " + number + ", which is not positive");
        }
    }
}
