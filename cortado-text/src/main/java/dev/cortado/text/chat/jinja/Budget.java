package dev.cortado.text.chat.jinja;

/// What is left of the limits during one rendering.
final class Budget {
    private static final int CHARACTERS_A_STEP = 4;
    private static final long CLOCK_INTERVAL = 10_000;

    private final Limits limits;
    private final long start = System.nanoTime();
    private long steps;
    private long nextLook = CLOCK_INTERVAL;
    private int depth;

    Budget(Limits limits) {
        this.limits = limits;
    }

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (count < 0 || count > limits.steps() || steps > limits.steps()) {
            throw new TemplateException("the template does more than " + limits.steps() + " steps of work");
        }
        if (steps >= nextLook) {
            nextLook = steps + CLOCK_INTERVAL;
            if (System.nanoTime() - start > limits.time().toNanos()) {
                throw new TemplateException("the template takes longer than " + limits.time());
            }
        }
    }

    /// Pays for characters that are about to be written to a string that then has `length` of them.
    void characters(long length, long written) {
        if (length < 0 || length > limits.characters()) {
            throw new TemplateException("a string becomes longer than " + limits.characters() + " characters");
        }
        steps(1 + written / CHARACTERS_A_STEP);
    }

    /// Goes one level deeper; every call needs its [#leave].
    void enter() {
        if (++depth > limits.depth()) {
            throw new TemplateException("macros, expressions or data nest deeper than " + limits.depth() + " levels");
        }
    }

    void leave() {
        depth--;
    }
}
