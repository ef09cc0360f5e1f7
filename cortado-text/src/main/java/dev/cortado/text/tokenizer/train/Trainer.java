package dev.cortado.text.tokenizer.train;

import java.util.Iterator;
import java.util.stream.Stream;

/// Learns a tokenizer from text: one record of choices for each kind. What is learned depends on the texts alone, as
/// often as they are given, and on neither their order nor the number of threads.
public sealed interface Trainer
        permits ByteTrainer,
                CharacterTrainer,
                WordTrainer,
                ByteLevelBpeTrainer,
                CharacterBpeTrainer,
                SentencePieceBpeTrainer,
                WordPieceTrainer,
                UnigramTrainer {
    /// Learns from texts.
    ///
    /// @param texts    read once, by the calling thread, and not further ahead than the counting threads keep up;
    /// each is cut into words for itself
    /// @param threads  how many threads work, at least 1
    /// @param progress told how far training is, by the calling thread
    /// @throws IllegalArgumentException when there is no word in the texts, or the vocabulary has no room for what
    /// must be in it
    Trained train(Iterator<String> texts, int threads, Progress progress);

    /// Learns from texts with all processors.
    default Trained train(Stream<String> texts) {
        return train(texts.iterator(), Runtime.getRuntime().availableProcessors(), Progress.SILENT);
    }
}
