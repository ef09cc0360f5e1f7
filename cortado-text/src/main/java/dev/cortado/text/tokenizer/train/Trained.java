package dev.cortado.text.tokenizer.train;

import dev.cortado.text.tokenizer.pipeline.Pipeline;
import dev.cortado.text.tokenizer.pipeline.PipelineTokenizer;

/// What training gave.
///
/// @param pipeline the tokenizer, which cuts text as training did
/// @param complete whether the vocabulary reached the size asked for; if not, the corpus is too small for more
public record Trained(Pipeline pipeline, boolean complete, Statistics statistics) {
    /// The tokenizer, ready for use.
    public PipelineTokenizer tokenizer() {
        return new PipelineTokenizer(pipeline);
    }

    /// What the corpus was like.
    ///
    /// @param texts             how many texts were read
    /// @param characters        UTF-16 units in them
    /// @param words             words the pre-tokenizer cut
    /// @param distinctWords     how many of them were different
    /// @param alphabet          base symbols the vocabulary has: characters, or bytes
    /// @param coveredCharacters the part of all characters of words that the alphabet covers, `[0, 1]`
    public record Statistics(
            long texts, long characters, long words, int distinctWords, int alphabet, double coveredCharacters) {}
}
