package dev.cortado.text.tokenizer;

/// Turns ids into text one at a time, as a model generates them, never showing half a character: what a later token
/// may still change waits. All the returned pieces together equal [Tokenizer#decode] of all the ids. For one sequence
/// after another, by one thread.
public interface StreamDecoder {
    /// The text that is certain now that one more token is there; often, but not always, that token's.
    ///
    /// @throws IllegalArgumentException when `id` is outside the vocabulary; the decoder stays as it was
    String push(int id);

    /// What is left at the end of the sequence, such as U+FFFD for the beginning of a character that never got
    /// complete. The decoder is then ready for another sequence.
    String finish();
}
