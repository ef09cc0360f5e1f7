package dev.cortado.infer;

import dev.cortado.model.ModelSpec;
import java.util.Arrays;

/// What an encoder–decoder is asked: a text to read, and how the text it writes goes on after the id that begins all
/// of them.
public final class SequencePrompt {
    private final int[] source;
    private final int[] beginning;

    private SequencePrompt(int[] source, int[] beginning) {
        this.source = source.clone();
        this.beginning = beginning.clone();
    }

    /// A text to read, nothing said of the one to write.
    public static SequencePrompt of(int[] source, ModelSpec spec) {
        return of(source, new int[0], spec);
    }

    /// A text to read, and the beginning of the one to write.
    ///
    /// @throws IllegalArgumentException naming the id or the length that does not fit
    public static SequencePrompt of(int[] source, int[] beginning, ModelSpec spec) {
        if (source.length == 0) {
            throw new IllegalArgumentException("the text to read is empty");
        }
        Prompt.requireInside(source, spec.sourceVocabSize());
        Prompt.requireInside(beginning, spec.vocabSize());
        int most = spec.contextLength();
        if (spec.boundedContext() && source.length > most) {
            throw new IllegalArgumentException(
                    "the text to read has " + source.length + " tokens; this model sees " + most + " at most");
        }
        if (beginning.length >= most) {
            throw new IllegalArgumentException("the beginning of the text to write has " + beginning.length
                    + " tokens; this model writes " + most + " at most, the first one and the answer included");
        }
        return new SequencePrompt(source, beginning);
    }

    /// The ids to read, a copy.
    public int[] source() {
        return source.clone();
    }

    /// The ids the text to write goes on with, a copy.
    public int[] beginning() {
        return beginning.clone();
    }

    @Override
    public String toString() {
        return "SequencePrompt" + Arrays.toString(source) + Arrays.toString(beginning);
    }
}
