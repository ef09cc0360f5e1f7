package dev.cortado.infer;

import dev.cortado.infer.sample.Sampler;
import dev.cortado.infer.sample.Sampling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/// What generating means whatever the model: choose a token of the logits, tell it, ask for the next logits.
///
/// @param most tokens to choose
/// @param eos  any of these ends the text, and is not told
/// @param more told each new token as soon as it is known; answers whether to go on
record TokenLoop(int most, Sampling sampling, Set<Integer> eos, IntPredicate more) {
    /// A loop of at most `wanted` tokens, or of as many as there is room for.
    ///
    /// @param begun  tokens the text has before the first new one
    /// @param length most tokens the model sees; the last one chosen is never seen, so it takes no room
    static TokenLoop of(int wanted, int begun, int length, Sampling sampling, Set<Integer> eos, IntPredicate more) {
        if (wanted < 1) {
            throw new IllegalArgumentException("max new tokens " + wanted + " must be at least 1");
        }
        return new TokenLoop((int) Math.min(wanted, length - begun + 1L), sampling, eos, more);
    }

    /// Runs it.
    ///
    /// @param begin        when reading began, of [System#nanoTime]
    /// @param promptTokens tokens that were read
    /// @param logits       after what was read: [V]
    /// @param step         logits [V] after one more token
    Generation run(long begin, int promptTokens, float[] logits, IntFunction<float[]> step) {
        long prefilled = System.nanoTime();
        var sampler = new Sampler(sampling);
        List<Integer> ids = new ArrayList<>();
        float[] latest = logits;
        Finish finish = Finish.LENGTH;
        while (true) {
            int next = sampler.next(latest);
            if (eos.contains(next)) {
                finish = Finish.STOP;
                break;
            }
            ids.add(next);
            if (!more.test(next)) {
                finish = Finish.STOP;
                break;
            }
            if (ids.size() == most) {
                break;
            }
            latest = step.apply(next);
        }
        return new Generation(
                ids,
                finish,
                promptTokens,
                Duration.ofNanos(prefilled - begin),
                Duration.ofNanos(System.nanoTime() - prefilled));
    }
}
