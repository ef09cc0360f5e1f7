package dev.cortado.infer.sample;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;

/// Chooses one token after the other for one text.
public final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;

    public Sampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling instanceof Sampling.Random r ? r.seed() : 0);
    }

    /// The next token's id. logits [V].
    ///
    /// @throws IllegalStateException when a logit is NaN or ∞, or all are −∞: the model is broken
    public int next(float[] logits) {
        int best = argmax(logits);
        return switch (sampling) {
            case Sampling.Greedy _ -> best;
            case Sampling.Random how -> draw(logits, logits[best], how);
        };
    }

    /// The first of the largest.
    private static int argmax(float[] logits) {
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            if (Float.isNaN(logits[i]) || logits[i] == Float.POSITIVE_INFINITY) {
                throw new IllegalStateException("the model gave the logit " + logits[i] + " for token " + i);
            }
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        if (logits[best] == Float.NEGATIVE_INFINITY) {
            throw new IllegalStateException("the model rules out every token");
        }
        return best;
    }

    private int draw(float[] logits, float largest, Sampling.Random how) {
        double[] weights = new double[logits.length]; // unnormalised probabilities; the likeliest has 1
        double total = 0;
        for (int i = 0; i < logits.length; i++) {
            weights[i] = Math.exp((logits[i] - largest) / how.temperature());
            total += weights[i];
        }
        if (how.topK().isEmpty() && how.topP().isEmpty()) {
            return pick(weights, total, all(logits.length));
        }
        // Ties are kept in the order of ids, so that the choice does not depend on the sort.
        Integer[] order = boxed(logits.length);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -weights[i]));
        int kept = Math.min(how.topK().orElse(logits.length), logits.length);
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += weights[order[i]];
        }
        if (how.topP().isPresent()) {
            double enough = how.topP().getAsDouble() * sum;
            int nucleus = 0;
            double reached = 0;
            while (nucleus < kept && reached < enough) {
                reached += weights[order[nucleus++]];
            }
            kept = Math.max(1, nucleus);
            sum = reached;
        }
        int[] candidates = new int[kept];
        for (int i = 0; i < kept; i++) {
            candidates[i] = order[i];
        }
        return pick(weights, sum, candidates);
    }

    private int pick(double[] weights, double total, int[] candidates) {
        double left = random.nextDouble() * total;
        for (int candidate : candidates) {
            left -= weights[candidate];
            if (left < 0) {
                return candidate;
            }
        }
        return candidates[candidates.length - 1]; // rounding left a crumb
    }

    private static int[] all(int count) {
        int[] ids = new int[count];
        Arrays.setAll(ids, i -> i);
        return ids;
    }

    private static Integer[] boxed(int count) {
        Integer[] ids = new Integer[count];
        Arrays.setAll(ids, i -> i);
        return ids;
    }
}
