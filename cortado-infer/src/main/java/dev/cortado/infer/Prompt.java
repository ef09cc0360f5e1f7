package dev.cortado.infer;

import dev.cortado.model.ModelSpec;
import java.util.Arrays;

/// Token ids that a model can be asked to go on from: at least one, all inside its vocabulary, fewer than it can see.
public final class Prompt {
    private final int[] ids;

    private Prompt(int[] ids) {
        this.ids = ids.clone();
    }

    /// A prompt for this model.
    ///
    /// @throws IllegalArgumentException naming the id or the length that does not fit
    public static Prompt of(int[] ids, ModelSpec spec) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("the prompt is empty and the model names no id to begin a text with");
        }
        requireInside(ids, spec.vocabSize());
        if (ids.length >= spec.contextLength()) {
            throw new IllegalArgumentException("the prompt has " + ids.length + " tokens; this model sees "
                    + spec.contextLength() + " at most, the answer included");
        }
        return new Prompt(ids);
    }

    /// Refuses ids that are not in a vocabulary of this size.
    public static void requireInside(int[] ids, int vocabSize) {
        for (int id : ids) {
            if (id < 0 || id >= vocabSize) {
                throw new IllegalArgumentException("token id " + id + " is outside the model's vocabulary of "
                        + vocabSize + " (0 to " + (vocabSize - 1) + ")");
            }
        }
    }

    /// The ids, a copy.
    public int[] ids() {
        return ids.clone();
    }

    /// Number of tokens.
    public int length() {
        return ids.length;
    }

    @Override
    public String toString() {
        return "Prompt" + Arrays.toString(ids);
    }
}
