package dev.cortado.infer.sample;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/// How the next token is chosen from its logits.
public sealed interface Sampling {
    /// The most likely one, always.
    record Greedy() implements Sampling {}

    /// Drawn at random from softmax(logits/temperature), cut to the likeliest ones.
    ///
    /// @param temperature above 0; below 1 sharpens, above 1 flattens
    /// @param topK        only this many of the likeliest tokens (Fan et al. 2018, arXiv:1805.04833)
    /// @param topP        only the fewest likeliest tokens whose probabilities sum to at least this (nucleus
    /// sampling, Holtzman et al. 2019, arXiv:1904.09751)
    /// @param seed        the same seed draws the same tokens
    record Random(double temperature, OptionalInt topK, OptionalDouble topP, long seed) implements Sampling {
        public Random {
            if (!(temperature > 0) || Double.isInfinite(temperature)) {
                throw new IllegalArgumentException("temperature " + temperature
                        + " must be above 0; for the most likely token always, choose greedy");
            }
            if (topK.isPresent() && topK.getAsInt() < 1) {
                throw new IllegalArgumentException("top-k " + topK.getAsInt() + " must be at least 1");
            }
            if (topP.isPresent() && !(topP.getAsDouble() > 0 && topP.getAsDouble() <= 1)) {
                throw new IllegalArgumentException("top-p " + topP.getAsDouble() + " must be above 0 and at most 1");
            }
        }
    }
}
