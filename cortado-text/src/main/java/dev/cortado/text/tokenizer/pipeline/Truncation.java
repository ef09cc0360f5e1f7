package dev.cortado.text.tokenizer.pipeline;

/// How too long encodings are cut (`truncation` of a `tokenizer.json`).
///
/// @param fromLeft  whether the beginning is cut off, not the end
/// @param maxLength tokens at most, special ones included
/// @param stride    tokens that neighbouring overflow pieces share
public record Truncation(boolean fromLeft, int maxLength, Strategy strategy, int stride) {
    /// Which of a pair is cut.
    public enum Strategy {
        LONGEST_FIRST,
        ONLY_FIRST,
        ONLY_SECOND
    }
}
