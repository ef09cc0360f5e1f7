package dev.cortado.text.tokenizer.train;

import java.util.OptionalLong;

/// Is told how far training is. May throw to stop it.
@FunctionalInterface
public interface Progress {
    /// Nobody listens.
    Progress SILENT = (phase, done, total) -> {};

    /// What training is doing.
    enum Phase {
        /// Counting words; the unit is UTF-16 characters read, their total is unknown.
        COUNT,
        /// Joining pairs; the unit is tokens of the vocabulary.
        MERGE,
        /// Fitting probabilities and pruning; the unit is passes over the words.
        FIT
    }

    /// Something was done.
    void at(Phase phase, long done, OptionalLong total);
}
