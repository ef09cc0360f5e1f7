package dev.cortado.text.tokenizer.pipeline;

import java.util.List;

/// What a component looks for in text.
public sealed interface TextPattern {
    /// A text as what the pattern finds and what lies between, in order and without gaps. Matches can be empty; the
    /// stretches between cannot.
    ///
    /// @throws IllegalArgumentException when the search for a regular expression takes far too long
    List<Span> spans(String text);

    /// The characters `[start, end)` (UTF-16 units).
    ///
    /// @param match whether the pattern found them
    record Span(int start, int end, boolean match) {}

    /// The text with every match replaced.
    default String replaceAll(String text, String content) {
        var replaced = new StringBuilder(text.length());
        for (Span span : spans(text)) {
            if (span.match()) {
                replaced.append(content);
            } else {
                replaced.append(text, span.start(), span.end());
            }
        }
        return replaced.toString();
    }

    /// These characters. The empty text is found between all characters.
    record Literal(String text) implements TextPattern {
        @Override
        public List<Span> spans(String inside) {
            return Spans.ofLiteral(inside, text);
        }
    }

    /// A regular expression in the syntax of Oniguruma, which Hugging Face's library uses.
    record Regex(OnigPattern pattern) implements TextPattern {
        /// Reads an expression.
        ///
        /// @throws IllegalArgumentException when it is malformed or uses what is not supported
        public Regex(String source) {
            this(new OnigPattern(source));
        }

        /// As the file has it.
        public String source() {
            return pattern.source();
        }

        @Override
        public List<Span> spans(String inside) {
            return pattern.spans(inside);
        }
    }
}
