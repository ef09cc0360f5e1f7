package dev.cortado.text.tokenizer.pipeline;

/// What a component looks for in text.
public sealed interface TextPattern {
    /// These characters.
    record Literal(String text) implements TextPattern {}

    /// A regular expression in the syntax of Oniguruma, which Hugging Face's library uses.
    ///
    /// @param source as the file has it
    record Regex(String source) implements TextPattern {}
}
