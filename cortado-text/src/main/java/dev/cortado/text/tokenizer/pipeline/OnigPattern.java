package dev.cortado.text.tokenizer.pipeline;

import dev.cortado.text.tokenizer.pipeline.TextPattern.Span;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A regular expression in the default syntax of Oniguruma 6.9, the engine behind Hugging Face's library, carried out
/// by [java.util.regex]. [OnigSyntax] says what of the syntax is understood.
///
/// A search that would run (almost) forever or too deep is given up: patterns come out of files, and files from
/// anywhere.
public final class OnigPattern {
    // Characters looked at in one text: some seconds. Linear searches look at each a few times.
    private static final long BASE_BUDGET = 200_000_000L;
    private static final long BUDGET_PER_CHARACTER = 200L;

    private final String source;
    private final Pattern pattern;

    /// @param source the expression as files have it
    /// @throws IllegalArgumentException when it is malformed or uses what is not supported
    public OnigPattern(String source) {
        this.source = source;
        try {
            pattern = Pattern.compile(OnigSyntax.toJava(source));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "regular expression '" + source + "' is not supported: " + e.getDescription(), e);
        }
    }

    /// The expression as files have it.
    public String source() {
        return source;
    }

    /// What the expression finds in a text, from left to right, and what lies between. A match is empty only
    /// where no other match ends.
    ///
    /// @throws IllegalArgumentException when the search is given up
    List<Span> spans(String text) {
        var spans = new Spans(text);
        Matcher matcher = pattern.matcher(new Metered(text));
        int from = 0;
        int lastEnd = -1; // no match yet
        try {
            while (!text.isEmpty() && from <= text.length() && matcher.find(from)) {
                int start = matcher.start();
                int end = matcher.end();
                boolean empty = start == end;
                if (empty && (end == lastEnd || splitsCharacter(text, end))) {
                    from = end < text.length() ? end + Character.charCount(text.codePointAt(end)) : end + 1;
                } else {
                    spans.match(start, end);
                    lastEnd = end;
                    from = end;
                }
            }
        } catch (StackOverflowError e) {
            // The JDK's engine recurs for each round of a repeated group.
            throw new IllegalArgumentException(
                    "regular expression '" + source + "' nests too deeply in a text of " + text.length()
                            + " characters: repeat a character class instead of a group",
                    e);
        }
        return spans.finish();
    }

    private static boolean splitsCharacter(String text, int index) {
        return index > 0
                && index < text.length()
                && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OnigPattern regex && source.equals(regex.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    @Override
    public String toString() {
        return source;
    }

    // A text that counts how often it is looked at: the engine's only regular sign of life.
    private final class Metered implements CharSequence {
        private final String text;
        private long budget;

        Metered(String text) {
            this.text = text;
            budget = BASE_BUDGET + BUDGET_PER_CHARACTER * text.length();
        }

        @Override
        public char charAt(int index) {
            if (--budget < 0) {
                throw new IllegalArgumentException("regular expression '" + source + "' takes too long in a text of "
                        + text.length() + " characters");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
