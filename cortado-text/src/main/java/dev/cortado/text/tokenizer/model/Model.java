package dev.cortado.text.tokenizer.model;

import java.util.Set;

/// Turns one word, as the pre-tokenizer cut it, into tokens: the `model` of a `tokenizer.json`. Implementations are
/// immutable and may be used by many threads at once.
public sealed interface Model permits Bpe, Unigram, WordLevel, WordPiece {
    /// The tokens and their ids.
    Vocabulary vocabulary();

    /// Adds the tokens of a word to `out`.
    ///
    /// @throws IllegalArgumentException when the word holds something unknown and the model has no unknown token
    void tokenize(String word, TokenBuffer out);

    /// The same model, but no text becomes one of these tokens: so special tokens stay out of the reach of text
    /// that spells them. The unknown token still stands for what is unknown.
    Model without(Set<Integer> ids);
}
