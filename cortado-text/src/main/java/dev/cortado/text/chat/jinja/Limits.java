package dev.cortado.text.chat.jinja;

import java.time.Duration;

/// How much a template may use; what exceeds it is refused with an IllegalArgumentException.
///
/// @param templateLength characters of the template's source
/// @param steps units of work of one rendering: about one for each expression, loop turn or list element and one for
///     every four characters written; also bounds memory
/// @param characters length of any one string, the output included
/// @param depth how deep expressions and blocks may nest in the source, and macros, expressions and data when rendering
/// @param time wall-clock time of one rendering, a second fence behind the steps
public record Limits(int templateLength, long steps, int characters, int depth, Duration time) {
    /// Far above what chats need: 4 million characters, 5 million steps, 10 seconds.
    public static final Limits GENEROUS = new Limits(1 << 20, 5_000_000, 4 << 20, 200, Duration.ofSeconds(10));

    private static final int DEEPEST = 400; // the evaluator recurses on the caller's stack

    public Limits {
        if (templateLength < 1 || steps < 1 || characters < 1 || !time.isPositive()) {
            throw new IllegalArgumentException("limits of a template must be positive");
        }
        if (depth < 1 || depth > DEEPEST) {
            throw new IllegalArgumentException("depth must be between 1 and " + DEEPEST + ", not " + depth);
        }
    }
}
